namespace MlNetMobileViT.Conversion;

/// <summary>What a pickle held.</summary>
/// <param name="Value">Its value; see <see cref="PickleReader"/> for the types.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Storages">Every reference to a storage, in order, repetitions included.</param>
/// <param name="ForeignGlobals">The globals that are not known here, each once, in order.</param>
internal sealed record PickleContent(
    object? Value, int Length, IReadOnlyList<PickledStorage> Storages, IReadOnlyList<string> ForeignGlobals);
