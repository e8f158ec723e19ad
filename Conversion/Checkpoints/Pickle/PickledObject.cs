namespace MlNetMobileViT.Conversion;

/// <summary>
/// What stands for an object of a class, or the result of a function, that this reader does not know: nothing was called, and
/// nothing of it is kept but its name.
/// </summary>
internal sealed class PickledObject(string global, bool holdsTensor)
{
    /// <summary>The class or function.</summary>
    public string Global { get; } = global;

    /// <summary>Whether a tensor or a storage is among what it was made of, or what was put into it.</summary>
    public bool HoldsTensor { get; set; } = holdsTensor;
}
