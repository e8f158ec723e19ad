namespace MlNetMobileViT.Examples;

/// <summary>Which part of a row a column shows.</summary>
internal enum ResultColumnRole
{
    /// <summary>The path of the picture.</summary>
    Path,

    /// <summary>Why the picture has no result.</summary>
    Error,

    /// <summary>The name of a class.</summary>
    Label,

    /// <summary>A probability or a feature.</summary>
    Number,
}
