namespace MlNetMobileViT;

/// <summary>The resampling filter, named and defined as in PIL.</summary>
public enum ImageInterpolation
{
    /// <summary>The triangle filter, antialiased (PIL's <c>BILINEAR</c>).</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = −0.5, antialiased (PIL's <c>BICUBIC</c>).</summary>
    Bicubic,
}
