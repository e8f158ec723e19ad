namespace MlNetMobileViT;

/// <summary>The order of the colour channels in a model's input.</summary>
public enum ImageChannelOrder
{
    /// <summary>Red, green, blue: timm's models.</summary>
    Rgb,

    /// <summary>Blue, green, red: Apple's models (CVNets reads pictures with OpenCV) and their Hugging Face port.</summary>
    Bgr,
}
