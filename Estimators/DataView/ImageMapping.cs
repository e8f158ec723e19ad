using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>What a transform does: an image column in, and a scorer with the columns that it adds.</summary>
internal sealed record ImageMapping(ImageColumn Input, IRowScorer Scorer, MobileViTPreprocessingOptions Options)
{
    /// <summary>The schema with the new columns after those of the input.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Input.Find(input);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumns(Scorer.Columns.Select(static column => column.ToSchemaColumn()));
        return builder.ToSchema();
    }

    /// <summary>The images of a row or cursor, over a buffer of the input column.</summary>
    public ImageSource CreateSource(ImageColumnKind kind, BufferedColumn buffer) =>
        new BufferedImageSource(buffer, CreateInnerSource(kind, buffer));

    private ImageSource CreateInnerSource(ImageColumnKind kind, BufferedColumn buffer) => kind switch
    {
        ImageColumnKind.Path => new PathImageSource(
            ((BufferedColumn<ReadOnlyMemory<char>>)buffer).Values, Input.Name, Options.ImageFolder),
        ImageColumnKind.Encoded => new EncodedImageSource(((BufferedColumn<VBuffer<byte>>)buffer).Values, Input.Name),
        ImageColumnKind.Decoded => new DecodedImageSource(((BufferedColumn<MLImage>)buffer).Values, Input.Name),
        _ => new PixelSource(((BufferedColumn<VBuffer<float>>)buffer).Values, Input.Name),
    };
}

/// <summary>Images from a buffered column, whose getter may have failed.</summary>
internal sealed class BufferedImageSource(BufferedColumn column, ImageSource images) : ImageSource
{
    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        column.ThrowIfFailed(slot);
        return images.Preprocess(slot, row, preprocessor, pixels);
    }

    public override string NameOf(int slot, long row) => images.NameOf(slot, row);
}
