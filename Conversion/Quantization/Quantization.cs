using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>One quantization, from the ranges to the finished model.</summary>
internal sealed class Quantization : IDisposable
{
    private readonly FloatModel _model;
    private readonly QuantizationOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly PictureWorkers _workers;
    private readonly PictureSplit _split;
    private readonly IReadOnlyList<EightBitLayer> _layers;
    private readonly PictureSession _float;
    private readonly float[] _pixels;
    private Calibration? _calibration;
    private float[]?[] _answers = [];

    public Quantization(
        FloatModel model,
        IReadOnlyList<CalibrationImage> images,
        QuantizationOptions options,
        IProgress<QuantizationProgress>? progress,
        CancellationToken cancellationToken)
    {
        MobileViTQuantizer.RequireLabels(images, model.File);
        (_model, _options, _cancellationToken) = (model, options, cancellationToken);
        _split = PictureSplit.Of(images);
        ImagePreprocessing preprocessing = model.File.Metadata.Preprocessing;
        _workers = new PictureWorkers(preprocessing, options, progress, cancellationToken);

        // For times any numbers do.
        _pixels = [.. Enumerable.Range(0, 3 * preprocessing.Height * preprocessing.Width).Select(static i => i % 251 / 251f)];
        _layers = [.. EightBitLayers.Of(model.Graph).Where(layer => layer.Level <= (options.Level ?? QuantizationLevel.Full))];
        if (_layers.Count == 0)
        {
            throw new InvalidDataException($"'{model.Path}' holds no layer that can be computed in 8 bits at this level.");
        }

        _float = model.Open(model.File.Bytes);
    }

    /// <summary>Does the work.</summary>
    /// <param name="outputPath">What the report names as the file that is written.</param>
    /// <param name="model">The finished model.</param>
    public QuantizationReport Run(string outputPath, out ModelProto model)
    {
        IReadOnlyList<CalibrationImage> images = [.. _split.Calibration, .. _split.HeldOut];
        IReadOnlyList<LayerError> errors = [];
        string[] notes = [];
        if (images.Count > 0)
        {
            // Before minutes of work: whether there is anything to compare.
            _float.Probabilities(_pixels);
            _calibration = Calibration.Run(_model, _split.Calibration, _workers);
            _answers = PictureAnswers.Of(_float, _split.HeldOut, "float model", _workers);
            Calibration.RequireEnough(_workers.Readable(images).Length, QuantizationOptions.MinImages, images, _workers);
            Calibration.RequireEnough(_workers.Readable(_split.HeldOut).Length, 1, images, _workers);
            errors = LayerErrors.Of(_model, _layers, PlanOf, _split.HeldOut, _workers);
            notes = [.. MobileViTQuantizer.Notes(_calibration, [.. _answers.OfType<float[]>()])];
        }

        IEnumerable<(QuantizationLevel Level, IReadOnlyList<string> FloatLayers)> candidates =
            _options.Level is { } level ? [(level, [])] : LevelSearch.Candidates(errors);
        List<QuantizationAttempt> attempts = [];
        foreach (var (candidate, floatLayers) in candidates)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            attempts.Add(Try(candidate, floatLayers, out ModelProto tried));
            if (_options.Level is not null || LevelSearch.Keeps(attempts[^1].Comparison!, _options.Keep))
            {
                model = tried;
                return new QuantizationReport
                {
                    OutputPath = outputPath,
                    OutputBytes = attempts[^1].Bytes,
                    FloatBytes = _model.File.Bytes.Length,
                    Metadata = MetadataOf(tried),
                    Attempts = attempts,
                    Layers = errors,
                    Unreadable = _workers.Unreadable(images),
                    Notes = notes,
                };
            }
        }

        ModelComparison best = attempts[^1].Comparison!;
        throw new InvalidDataException(FormattableString.Invariant(
            $"No level keeps {_options.Keep:P1} of the labels of '{_model.Path}': linear, the most exact, keeps {best.SameLabel:P1} on {best.Images} held-out pictures{Lost(best)}; ask for less (--keep, or QuantizationOptions.Keep), or choose a level (--level, or Level)."));
    }

    public void Dispose() => _float.Dispose();

    private static string Lost(ModelComparison comparison) => comparison.Accuracy is not { } accuracy
        ? ""
        : FormattableString.Invariant($", top-1 {accuracy.EightBitTop1:P1} after {accuracy.FloatTop1:P1}");

    private static ModelMetadata MetadataOf(ModelProto model) => ModelMetadata.FromProperties(
        model.MetadataProps.ToDictionary(static property => property.Key, static property => property.Value), "the quantized model");

    private EightBitPlan PlanOf(IEnumerable<EightBitLayer> layers) =>
        new(layers.SelectMany(static layer => layer.Nodes).ToHashSet(), _calibration?.Ranges, _options.ReduceRange);

    private QuantizationAttempt Try(QuantizationLevel level, IReadOnlyList<string> floatLayers, out ModelProto model)
    {
        ModelMetadata metadata = _model.File.Metadata;
        string name = level.ToString().ToLowerInvariant();
        OnnxGraph graph = _model.Quantized(PlanOf(_layers.Where(layer => layer.Level <= level && !floatLayers.Contains(layer.Name))));
        ModelComparison? comparison = null;
        double speed;
        using (PictureSession session = _model.Open(OnnxModel.Stamp(graph, metadata).ToByteArray()))
        {
            if (_calibration is not null)
            {
                float[]?[] answers = PictureAnswers.Of(session, _split.HeldOut, name, _workers);
                comparison = PictureAnswers.Compare(_split.HeldOut, _answers, answers, metadata.Labels);
            }

            speed = SpeedComparison.Measure(_float, session, _pixels, _cancellationToken);
        }

        model = OnnxModel.Stamp(graph, metadata with
        {
            WeightsSha256 = OnnxModel.WeightsSha256(graph.Proto),
            Quantization = new ModelQuantization
            {
                Level = name,
                FloatLayers = floatLayers,
                ReduceRange = _options.ReduceRange,
                FloatWeightsSha256 = metadata.WeightsSha256,
                CalibrationImages = _calibration?.Images ?? 0,
                CalibrationSha256 = _calibration?.Sha256,
                ComparedImages = comparison?.Images ?? 0,
                SameLabel = comparison?.SameLabel,
                MeanDifference = comparison?.MeanDifference,
            },
        });
        return new QuantizationAttempt(level, floatLayers, model.CalculateSize(), speed, comparison);
    }
}
