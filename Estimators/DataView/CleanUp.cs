namespace MlNetMobileViT;

/// <summary>Clean-up whose own failure matters less than what came before: the first error, or work that is done.</summary>
internal static class CleanUp
{
    /// <summary>Does it, and says nothing if that fails.</summary>
    public static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception)
        {
            // What it leaves behind, a file in the temporary folder say, harms nobody.
        }
    }

    /// <summary>Releases what may be released; says nothing if that fails.</summary>
    public static void Dispose(object? resource) => Quietly(() => (resource as IDisposable)?.Dispose());
}
