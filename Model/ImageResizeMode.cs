namespace MlNetMobileViT;

/// <summary>How a picture is brought to size before the centre crop.</summary>
public enum ImageResizeMode
{
    /// <summary>The shorter side to a given length, the aspect ratio kept.</summary>
    ShorterSide,

    /// <summary>Straight to the model's input size, the aspect ratio ignored (the <c>squash</c> preset).</summary>
    Stretch,
}
