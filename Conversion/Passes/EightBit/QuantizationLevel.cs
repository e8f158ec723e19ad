namespace MlNetMobileViT.Conversion;

/// <summary>What of a network is computed in 8 bits; every level holds the one before it.</summary>
public enum QuantizationLevel
{
    /// <summary>The linear layers: those of the transformers and the classifier. Needs no pictures, and is the most exact.</summary>
    Linear,

    /// <summary>Also the convolutions of the MobileViT blocks: 3×3, 1×1, projection and fusion.</summary>
    Blocks,

    /// <summary>Also the 1×1 convolutions of MobileNetV2's blocks.</summary>
    Pointwise,

    /// <summary>Also their depthwise convolutions: all that is worth it.</summary>
    Full,
}
