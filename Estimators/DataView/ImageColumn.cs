using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT;

/// <summary>What a column of images holds.</summary>
internal enum ImageColumnKind
{
    /// <summary>Paths, as text.</summary>
    Path,

    /// <summary>The content of image files.</summary>
    Encoded,

    /// <summary>Decoded images.</summary>
    Decoded,

    /// <summary>Preprocessed pixels.</summary>
    Pixels,
}

/// <summary>The input column of a transform: its name, and the types that it may have.</summary>
/// <param name="Name">The name.</param>
/// <param name="PixelShape">
/// The shape <c>[3, H, W]</c> of preprocessed pixels where they are welcome too, or null.
/// </param>
internal sealed record ImageColumn(string Name, IReadOnlyList<int>? PixelShape)
{
    private int PixelCount => PixelShape!.Aggregate(1, static (product, side) => product * side);

    private string ExpectedTypes => PixelShape is null
        ? "String (a path), VarVector<Byte> (an encoded image) or Image"
        : "String (a path), VarVector<Byte> (an encoded image), Image or "
            + $"Vector<Single, {string.Join(", ", PixelShape)}> (from PreprocessImages)";

    /// <summary>Finds the column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or it has another type.</exception>
    public (DataViewSchema.Column Column, ImageColumnKind Kind) Find(DataViewSchema schema)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(Name) ?? throw Missing("schema");
        ImageColumnKind kind = column.Type switch
        {
            TextDataViewType => ImageColumnKind.Path,
            ImageDataViewType => ImageColumnKind.Decoded,
            VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Byte => ImageColumnKind.Encoded,
            VectorDataViewType { ItemType: NumberDataViewType item } vector when PixelShape is not null
                && item == NumberDataViewType.Single && (!vector.IsKnownSize || vector.Size == PixelCount) => ImageColumnKind.Pixels,
            _ => throw Mismatch(column.Type.ToString()!, "schema"),
        };
        return (column, kind);
    }

    /// <summary>Checks that the column is there and has a type of the right kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or it has another type.</exception>
    public void Require(SchemaShape inputSchema)
    {
        SchemaShape.Column column = inputSchema.FirstOrDefault(column => column.Name == Name);
        if (column.Name is null)
        {
            throw Missing(nameof(inputSchema));
        }

        bool isVector = column.Kind != SchemaShape.Column.VectorKind.Scalar;
        bool fits = !column.IsKey && column.ItemType switch
        {
            TextDataViewType or ImageDataViewType => !isVector,
            NumberDataViewType item => isVector
                && (item == NumberDataViewType.Byte || (item == NumberDataViewType.Single && PixelShape is not null)),
            _ => false,
        };
        if (!fits)
        {
            throw Mismatch(TypeName(column), nameof(inputSchema));
        }
    }

    private static string TypeName(SchemaShape.Column column)
    {
        string item = column.IsKey ? $"Key<{column.ItemType}>" : column.ItemType.ToString()!;
        return column.Kind switch
        {
            SchemaShape.Column.VectorKind.Vector => $"Vector<{item}>",
            SchemaShape.Column.VectorKind.VariableVector => $"VarVector<{item}>",
            _ => item,
        };
    }

    private ArgumentOutOfRangeException Missing(string parameter) =>
        new(parameter, $"Could not find the input column '{Name}', which must be {ExpectedTypes}.");

    private ArgumentOutOfRangeException Mismatch(string found, string parameter) =>
        new(parameter, $"Schema mismatch for the input column '{Name}': expected {ExpectedTypes}, got {found}.");
}
