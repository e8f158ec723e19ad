using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT;

/// <summary>
/// Images of a size that the schema tells, as <c>ResizeImages</c> makes them. To ML.NET each size is a type of its own, and a
/// custom mapping takes only those that the process has registered, as a class with an <see cref="ImageTypeAttribute"/> does.
/// </summary>
internal static class SizedImages
{
    /// <summary>
    /// The height and width of a column's images where the process does not know their type, so that a saved pipeline has to
    /// read their bytes instead; null for every other column. A class's images may be of another size than its attribute says,
    /// but those of ML.NET's transforms, which register nothing, are not.
    /// </summary>
    public static IReadOnlyList<int>? UnregisteredSize(DataViewType type)
    {
        if (type is not ImageDataViewType { Height: > 0 } image)
        {
            return null;
        }

        var context = new MLContext();
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row));
        definition[0].ColumnType = image;
        IDataView none = context.Data.LoadFromEnumerable<Row>([], definition);
        try
        {
            // ML.NET has no question for it, but does not begin to read a column of a type that it doesn't know.
            none.GetRowCursor(none.Schema).Dispose();
            return null;
        }
        catch (NotSupportedException)
        {
            return [image.Height, image.Width];
        }
    }

    private sealed class Row
    {
        [UnsizedImage]
        public MLImage Image { get; set; } = null!;
    }
}

/// <summary>
/// Makes images of any size known to ML.NET, as <c>LoadImages</c> makes them. Its own <see cref="ImageTypeAttribute"/> can
/// only register a size, and custom mappings refuse types that nobody has registered in the process.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UnsizedImageAttribute : DataViewTypeAttribute
{
    public override void Register()
    {
        try
        {
            DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);
        }
        catch (ArgumentException)
        {
            // Somebody else has, and ML.NET takes a type once. The attribute needs one of its own then; no column has it.
            DataViewTypeManager.Register(new StandInType(), typeof(MLImage), this);
        }
    }

    public override bool Equals(DataViewTypeAttribute? other) => other is UnsizedImageAttribute;

    public override int GetHashCode() => typeof(UnsizedImageAttribute).GetHashCode();

    private sealed class StandInType() : StructuredDataViewType(typeof(MLImage))
    {
        public override bool Equals(DataViewType? other) => other is StandInType;

        public override int GetHashCode() => typeof(StandInType).GetHashCode();
    }
}
