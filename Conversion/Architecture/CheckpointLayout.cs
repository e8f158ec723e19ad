namespace MlNetMobileViT.Conversion;

/// <summary>The naming scheme of a state dict: whose implementation of MobileViT wrote it.</summary>
public enum CheckpointLayout
{
    /// <summary>Apple's CVNets, the official implementation. Its names are the canonical ones here.</summary>
    Cvnets,

    /// <summary>timm (<c>timm/models/byobnet.py</c> and <c>mobilevit.py</c>).</summary>
    Timm,

    /// <summary>Hugging Face's transformers (<c>MobileViTForImageClassification</c>).</summary>
    HuggingFace,
}
