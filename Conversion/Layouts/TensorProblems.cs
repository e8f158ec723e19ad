namespace MlNetMobileViT.Conversion;

/// <summary>All that is wrong with the tensors of a checkpoint, for one message.</summary>
internal sealed class TensorProblems
{
    private const int MostListed = 10;

    public List<string> Missing { get; } = [];

    public List<string> Unexpected { get; } = [];

    public List<string> WrongShape { get; } = [];

    public List<string> Unusable { get; } = [];

    public bool IsEmpty => Missing.Count + Unexpected.Count + WrongShape.Count + Unusable.Count == 0;

    /// <summary>Such as <c>2 tensors are missing: 'a', 'b'; 1 tensor has the wrong shape: 'c' is [1] instead of [2]</c>.</summary>
    public override string ToString() => string.Join("; ", new[]
    {
        Describe(Missing, "is missing", "are missing"),
        Describe(Unexpected, "is unexpected", "are unexpected"),
        Describe(WrongShape, "has the wrong shape", "have the wrong shape"),
        Describe(Unusable, "cannot be weights", "cannot be weights"),
    }.OfType<string>());

    private static string? Describe(List<string> items, string one, string many)
    {
        if (items.Count == 0)
        {
            return null;
        }

        string rest = items.Count > MostListed ? $" and {items.Count - MostListed} more" : "";
        return $"{items.Count} {(items.Count == 1 ? "tensor " + one : "tensors " + many)}: "
            + string.Join(", ", items.Take(MostListed)) + rest;
    }
}
