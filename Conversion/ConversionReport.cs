namespace MlNetMobileViT.Conversion;

/// <summary>What a conversion read and wrote.</summary>
/// <param name="OutputPath">The file that was written.</param>
/// <param name="OutputBytes">Its size in bytes.</param>
/// <param name="Metadata">What it says about itself.</param>
/// <param name="Container">The file format of the checkpoint.</param>
/// <param name="StateDictPath">The keys under which the state dict was found in a training checkpoint; empty for the file itself.</param>
/// <param name="Skipped">The tensors that were left out on purpose, by their names in the checkpoint.</param>
/// <param name="LeftOut">
/// The classes and functions of what else the checkpoint holds, such as <c>argparse.Namespace</c>; nothing of it was called.
/// </param>
/// <param name="Notes">
/// What was taken from JSON files beside the weights and what was not, what was taken for granted of a custom network, and where
/// layer norms are those of CVNets, in sentences.
/// </param>
public sealed record ConversionReport(
    string OutputPath,
    long OutputBytes,
    ModelMetadata Metadata,
    CheckpointContainer Container,
    string StateDictPath,
    IReadOnlyList<string> Skipped,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<string> Notes);
