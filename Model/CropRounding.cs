namespace MlNetMobileViT;

/// <summary>How the offset of a centre crop is rounded where the margin is odd.</summary>
public enum CropRounding
{
    /// <summary><c>⌊margin / 2⌋</c>: CVNets.</summary>
    Floor,

    /// <summary>To the nearest integer, halves to the even one: Python's <c>round</c>, as torchvision and timm use it.</summary>
    HalfToEven,
}
