namespace MlNetMobileViT.Conversion;

/// <summary>What layer norms do where a block has as many patches as its tokens have channels.</summary>
public enum LayerNormKind
{
    /// <summary>They normalise every token over its channels, as everywhere: the paper, timm, Hugging Face, CVNets before 0.2.</summary>
    Channels,

    /// <summary>They normalise every channel over the patches, as CVNets does since version 0.2.</summary>
    Cvnets,
}
