namespace MlNetMobileViT.Examples;

/// <summary>A column of a result file.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Role">Which part of a row it shows.</param>
/// <param name="Index">The position within <see cref="ResultRow.Labels"/> or <see cref="ResultRow.Numbers"/>.</param>
internal sealed record ResultColumn(string Name, ResultColumnRole Role, int Index)
{
    /// <summary>Whether the column holds numbers; the others hold text.</summary>
    public bool IsNumber => Role == ResultColumnRole.Number;

    /// <summary>The text of this column in a row; null where it has none.</summary>
    public string? TextOf(ResultRow row) => Role switch
    {
        ResultColumnRole.Path => row.Path,
        ResultColumnRole.Error => row.Error,
        _ => Index < row.Labels.Length ? row.Labels[Index] : null,
    };

    /// <summary>The number of this column in a row; null where it has none.</summary>
    public float? NumberOf(ResultRow row) => Index < row.Numbers.Length ? row.Numbers[Index] : null;
}

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
