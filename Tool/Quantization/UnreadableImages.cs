namespace MlNetMobileViT.Tool;

/// <summary>Pictures that could not be read and were left out.</summary>
internal static class UnreadableImages
{
    /// <summary>Names them.</summary>
    /// <returns>The exit code: whether there were any.</returns>
    public static int Write(Terminal terminal, IReadOnlyList<(string Path, string Reason)> unreadable)
    {
        foreach (var (path, reason) in unreadable)
        {
            terminal.Error.WriteLine($"error: {TextCell.Printable(reason.Contains(path, StringComparison.Ordinal) ? reason : $"'{path}': {reason}")}");
        }

        return unreadable.Count == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
    }
}
