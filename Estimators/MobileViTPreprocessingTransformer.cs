using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>Turns images into the input of a model; made by a <see cref="MobileViTPreprocessingEstimator"/>.</summary>
public sealed class MobileViTPreprocessingTransformer : MobileViTTransformer
{
    internal MobileViTPreprocessingTransformer(ImageStep step)
        : base(
            step,
            new PreprocessingScorer(new ImagePreprocessor(step.Preprocessing, step.Options.Decoding)),
            CreateColumns(step))
    {
        Preprocessing = step.Preprocessing;
    }

    /// <summary>How images become pixels.</summary>
    public ImagePreprocessing Preprocessing { get; }

    internal static OutputColumn[] CreateColumns(ImageStep step) =>
    [
        new ModelOutputVectorColumn(step.OutputColumnName, [3, step.Preprocessing.Height, step.Preprocessing.Width], output: 0),
        .. ErrorColumn.For(step.Options),
    ];

    private protected override TransformerChain<ITransformer> CreateSavedPipeline(
        ImageStep step, IReadOnlyList<OutputColumn> columns, string folder) =>
        SavedPipeline.Build(step, columns, [SavedInput.Name], model: null, folder);
}
