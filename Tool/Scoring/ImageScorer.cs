using Microsoft.ML;

namespace MlNetMobileViT.Tool;

/// <summary>Scores pictures with an ML.NET pipeline, in the order of the inputs, while they are listed.</summary>
/// <param name="model">The model; it stays the caller's.</param>
/// <param name="options">How pictures are read; what cannot be read becomes a row with an error whatever it says.</param>
internal sealed class ImageScorer(MobileViTModel model, MobileViTScoringOptions options)
{
    private readonly MLContext _context = new();

    /// <summary>The most likely classes of each picture.</summary>
    public IEnumerable<ResultRow> Classify(IEnumerable<ImageInput> inputs, int top)
    {
        var pipeline = _context.Transforms.ClassifyImages(
            "PredictedLabel",
            model,
            nameof(ImagePath.Path),
            new MobileViTClassificationOptions
            {
                BadImages = BadImageHandling.Mark,
                TopK = top,
                BatchSize = options.BatchSize,
                Threads = options.Threads,
                MaxPixels = options.MaxPixels,
            });
        var indexes = model.Labels.Select(static (label, i) => (label, i)).ToDictionary();
        return Run<Classes>(
            pipeline,
            inputs,
            (input, row) => new ResultRow(
                input.Index, input.Path, null, row.TopLabels, [.. row.TopProbabilities, .. row.TopLabels.Select(label => (float)indexes[label])]));
    }

    /// <summary>An output of the model for each picture.</summary>
    public IEnumerable<ResultRow> Featurize(IEnumerable<ImageInput> inputs, string modelOutput)
    {
        var pipeline = _context.Transforms.FeaturizeImages(
            nameof(Vector.Features),
            model,
            nameof(ImagePath.Path),
            modelOutput,
            options with { BadImages = BadImageHandling.Mark });
        return Run<Vector>(pipeline, inputs, (input, row) => new ResultRow(input.Index, input.Path, null, [], row.Features));
    }

    private IEnumerable<ResultRow> Run<TRow>(
        IEstimator<ITransformer> pipeline, IEnumerable<ImageInput> inputs, Func<ImageInput, TRow, ResultRow> toRow)
        where TRow : ScoredImage, new()
    {
        ITransformer transformer = pipeline.Fit(_context.Data.LoadFromEnumerable<ImagePath>([]));
        using var disposable = transformer as IDisposable;
        foreach (ResultRow row in InputQueue.Score(_context, transformer, inputs, toRow))
        {
            yield return row;
        }
    }

    private sealed class Classes : ScoredImage
    {
        public string[] TopLabels { get; set; } = [];

        public float[] TopProbabilities { get; set; } = [];
    }

    private sealed class Vector : ScoredImage
    {
        public float[] Features { get; set; } = [];
    }
}
