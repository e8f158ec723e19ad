using Microsoft.ML;

namespace MlNetMobileViT.Examples;

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
            nameof(Image.Path),
            new MobileViTClassificationOptions
            {
                BadImages = BadImageHandling.Mark,
                TopK = top,
                BatchSize = options.BatchSize,
                Threads = options.Threads,
                MaxPixels = options.MaxPixels,
            });
        return Run<Classes>(
            pipeline, inputs, (input, row) => new ResultRow(input.Index, input.Path, null, row.TopLabels, row.TopProbabilities));
    }

    /// <summary>An output of the model for each picture.</summary>
    public IEnumerable<ResultRow> Featurize(IEnumerable<ImageInput> inputs, string modelOutput)
    {
        var pipeline = _context.Transforms.FeaturizeImages(
            nameof(Vector.Features),
            model,
            nameof(Image.Path),
            modelOutput,
            options with { BadImages = BadImageHandling.Mark });
        return Run<Vector>(pipeline, inputs, (input, row) => new ResultRow(input.Index, input.Path, null, [], row.Features));
    }

    private IEnumerable<ResultRow> Run<TRow>(
        IEstimator<ITransformer> pipeline, IEnumerable<ImageInput> inputs, Func<ImageInput, TRow, ResultRow> toRow)
        where TRow : Scored, new()
    {
        using var underway = new InputQueue(inputs);
        IDataView images = _context.Data.LoadFromEnumerable(underway.ToScore().Select(path => new Image { Path = path }));
        ITransformer transformer = pipeline.Fit(_context.Data.LoadFromEnumerable<Image>([]));
        using var disposable = transformer as IDisposable;
        foreach (TRow row in _context.Data.CreateEnumerable<TRow>(transformer.Transform(images), reuseRowObject: false))
        {
            IReadOnlyList<ResultRow> before = underway.Next(out ImageInput input);
            foreach (ResultRow failure in before)
            {
                yield return failure;
            }

            yield return row.Error.Length == 0 ? toRow(input, row) : underway.Failure(input, row.Error);
        }

        foreach (ResultRow failure in underway.Rest())
        {
            yield return failure;
        }
    }

    private sealed class Image
    {
        public string Path { get; set; } = "";
    }

    private abstract class Scored
    {
        public string Error { get; set; } = "";
    }

    private sealed class Classes : Scored
    {
        public string[] TopLabels { get; set; } = [];

        public float[] TopProbabilities { get; set; } = [];
    }

    private sealed class Vector : Scored
    {
        public float[] Features { get; set; } = [];
    }
}
