namespace MlNetMobileViT.Conversion;

/// <summary>What a conversion read and wrote.</summary>
public sealed record ConversionReport
{
    internal ConversionReport()
    {
    }

    /// <summary>The file that was written.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>What it says about itself: labels, preprocessing, variant, where the weights come from.</summary>
    public required ModelMetadata Metadata { get; init; }

    /// <summary>
    /// The keys, joined by dots, under which the state dict was found in a training checkpoint; empty where the file is the state
    /// dict.
    /// </summary>
    public required string StateDictPath { get; init; }

    /// <summary>The tensors that were left out on purpose, by their names in the checkpoint.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>
    /// The classes and functions of what else the checkpoint holds, such as <c>argparse.Namespace</c>; nothing of it was called.
    /// </summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>
    /// What somebody should read, in sentences: what was taken from JSON files beside the weights and what was not; what was
    /// assumed of a network of one's own, such as its input size; and where layer norms are those of CVNets.
    /// </summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
