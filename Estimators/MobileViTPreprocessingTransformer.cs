namespace MlNetMobileViT;

/// <summary>Turns images into the input of a model; made by a <see cref="MobileViTPreprocessingEstimator"/>.</summary>
public sealed class MobileViTPreprocessingTransformer : MobileViTTransformer
{
    internal MobileViTPreprocessingTransformer(
        string outputColumnName, string inputColumnName, ImagePreprocessing preprocessing, MobileViTPreprocessingOptions options)
        : base(
            new ImageMapping(
                new ImageColumn(inputColumnName, PixelShape: null),
                new PreprocessingScorer(new ImagePreprocessor(preprocessing, options.Decoding)),
                CreateColumns(outputColumnName, preprocessing, options),
                options),
            sharedModel: null)
    {
        Preprocessing = preprocessing;
    }

    /// <summary>How images become pixels.</summary>
    public ImagePreprocessing Preprocessing { get; }

    internal static OutputColumn[] CreateColumns(
        string name, ImagePreprocessing preprocessing, MobileViTPreprocessingOptions options) =>
        [
            new ModelOutputVectorColumn(name, [3, preprocessing.Height, preprocessing.Width], output: 0),
            .. ErrorColumn.For(options),
        ];
}
