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

    /// <summary>Tells the user of a row that was marked, where it was and the user wants to know.</summary>
    public void Report(RowResult result, ImageSource images, int slot, long row)
    {
        if (Options.BadImageFound is { } found && result.MarkedError is { } error)
        {
            found(new BadImage(row, images.PathOf(slot) ?? images.NameOf(slot, row), error));
        }
    }

    /// <summary>The images of a row or cursor, over a buffer of the input column.</summary>
    public ImageSource CreateSource(ImageColumnKind kind, BufferedColumn buffer) =>
        new BufferedImageSource(buffer, CreateInnerSource(kind, buffer), Input.Name);

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
internal sealed class BufferedImageSource(BufferedColumn column, ImageSource images, string columnName) : ImageSource
{
    public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels)
    {
        column.ThrowIfFailed(slot);
        return images.Preprocess(slot, row, preprocessor, pixels);
    }

    public override string NameOf(int slot, long row) =>
        column.HasFailed(slot) ? Unnamed(columnName, row) : images.NameOf(slot, row);

    public override string? PathOf(int slot) => column.HasFailed(slot) ? null : images.PathOf(slot);
}
