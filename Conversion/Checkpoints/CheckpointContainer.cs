namespace MlNetMobileViT.Conversion;

/// <summary>The file format that holds a checkpoint.</summary>
public enum CheckpointContainer
{
    /// <summary>The zip archive that <c>torch.save</c> writes since PyTorch 1.6.</summary>
    PyTorchZip,

    /// <summary>The sequence of pickles and raw storages that <c>torch.save</c> wrote before PyTorch 1.6.</summary>
    PyTorchLegacy,

    /// <summary>Hugging Face's safetensors.</summary>
    Safetensors,
}
