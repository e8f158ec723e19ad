namespace MlNetMobileViT.Conversion;

/// <summary>The naming scheme of a state dict: whose implementation of MobileViT wrote it.</summary>
internal enum CheckpointLayout
{
    /// <summary>Apple's CVNets, the official implementation. Its names are the canonical ones here.</summary>
    Cvnets,

    /// <summary>timm (<c>timm/models/byobnet.py</c> and <c>mobilevit.py</c>).</summary>
    Timm,

    /// <summary>Hugging Face's transformers (<c>MobileViTForImageClassification</c>).</summary>
    HuggingFace,
}

/// <summary>What follows from a layout.</summary>
internal static class CheckpointLayoutExtensions
{
    /// <summary>The name that a converted model's metadata has for the layout: <c>cvnets</c>, <c>timm</c>, <c>huggingface</c>.</summary>
    public static string GetName(this CheckpointLayout layout) => layout switch
    {
        CheckpointLayout.Cvnets => "cvnets",
        CheckpointLayout.Timm => "timm",
        _ => "huggingface",
    };
}
