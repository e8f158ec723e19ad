using Microsoft.ML;

namespace MlNetMobileViT;

// What an overload for model files does not say of its parameters, it inherits.
#pragma warning disable CS1573

/// <summary>
/// Extension methods of <see cref="TransformsCatalog"/> that preprocess, score, classify and featurize images with MobileViT.
/// </summary>
public static class MobileViTCatalog
{
    /// <summary>
    /// Create a <see cref="MobileViTPreprocessingEstimator"/>, which turns images into the input of a model: pixels of shape
    /// <c>[3, H, W]</c>. The other transforms do this by themselves; it is for those who score the pixels another way.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="outputColumnName">
    /// Name of the column of pixels, a vector of <see cref="float"/> of shape <c>[3, H, W]</c>, in [0, 1] where the
    /// preprocessing does not normalise them further.
    /// </param>
    /// <param name="preprocessing">
    /// How images become pixels: <see cref="MobileViTModel.Preprocessing"/> of a model, or one of the
    /// <see cref="PreprocessingPresets"/>.
    /// </param>
    /// <param name="inputColumnName">
    /// Name of the column of images: paths, encoded images as bytes, or <see cref="Microsoft.ML.Data.MLImage"/>. If set to
    /// <see langword="null"/>, <paramref name="outputColumnName"/> is used as the source.
    /// </param>
    /// <param name="options">The rest; null for the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/PreprocessImagesSamples.cs" region="Pixels"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
    ///
    /// ImagePreprocessing preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Timm);
    /// using var transformer = mlContext.Transforms.PreprocessImages("pixels", preprocessing, "Path").Fit(data);
    /// IDataView result = transformer.Transform(data);
    ///
    /// Console.WriteLine(result.Schema["pixels"].Type); // Vector<Single, 3, 256, 256>
    /// foreach (float[] pixels in result.GetColumn<float[]>("pixels"))
    /// {
    ///     Console.WriteLine($"Red at the top left: {pixels[0]:0.00}"); // in [0, 1]
    /// }
    /// ]]></code>
    /// </example>
    public static MobileViTPreprocessingEstimator PreprocessImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        ImagePreprocessing preprocessing,
        string? inputColumnName = null,
        MobileViTPreprocessingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentNullException.ThrowIfNull(preprocessing);
        preprocessing.Validate();
        options ??= new MobileViTPreprocessingOptions();
        options.Validate();
        var step = new PreprocessingStep
        {
            InputColumnName = inputColumnName ?? outputColumnName,
            OutputColumnName = outputColumnName,
            Preprocessing = preprocessing,
            Options = options,
        };
        return new MobileViTPreprocessingEstimator(step, StepSaver.Instance);
    }

    /// <summary>
    /// Create a <see cref="MobileViTScoringEstimator"/>, which writes an output of the model for each image: logits unless
    /// another is asked for.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="outputColumnName">
    /// Name of the column of the output, a vector of <see cref="float"/>: <c>[classes]</c> for logits and probabilities,
    /// <c>[channels]</c> for the features, <c>[C, H, W]</c> for a stage.
    /// </param>
    /// <param name="model">The model. It stays the caller's, who disposes it when nothing uses it any more.</param>
    /// <param name="inputColumnName">
    /// Name of the column of images: paths, encoded images as bytes, <see cref="Microsoft.ML.Data.MLImage"/>, or pixels that
    /// <see cref="PreprocessImages"/> made. If set to <see langword="null"/>, <paramref name="outputColumnName"/> is used as the
    /// source.
    /// </param>
    /// <param name="modelOutput">Which output: one of <see cref="ModelOutputs"/> that the model has.</param>
    /// <param name="options">The rest; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no such output, or a setting is out of range.</exception>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ScoreImagesSamples.cs" region="TwoOutputs"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
    ///
    /// // One pass over the images, one run of the model, two columns.
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// var options = new MobileViTScoringOptions { AdditionalOutputs = [new("Features", ModelOutputs.Features)] };
    /// using var scorer = mlContext.Transforms.ScoreImages("Logits", model, "Path", options: options).Fit(data);
    ///
    /// DataViewSchema schema = scorer.GetOutputSchema(data.Schema);
    /// Console.WriteLine($"{schema["Logits"].Type}, {schema["Features"].Type}"); // Vector<Single, 16>, Vector<Single, 320>
    /// ]]></code>
    /// </example>
    public static MobileViTScoringEstimator ScoreImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        MobileViTModel model,
        string? inputColumnName = null,
        string modelOutput = ModelOutputs.Logits,
        MobileViTScoringOptions? options = null) =>
        Score(catalog, outputColumnName, Borrow(model), inputColumnName, modelOutput, options);

    /// <remarks>
    /// The file is read at once. Its model belongs to the transformers that are made, and is released with the last of them:
    /// dispose them. Several transforms can share one model by the overload that takes a <see cref="MobileViTModel"/>.
    /// </remarks>
    /// <param name="modelFile">The path of a model file that the converter, <c>mobilevit-convert</c>, wrote.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a model that this project's converter wrote.</exception>
    /// <inheritdoc cref="ScoreImages(TransformsCatalog, string, MobileViTModel, string, string, MobileViTScoringOptions)"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ScoreImagesSamples.cs" region="Probabilities"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
    ///
    /// using var scorer = mlContext.Transforms
    ///     .ScoreImages("Score", modelFile, "Path", ModelOutputs.Probabilities)
    ///     .Fit(data);
    ///
    /// foreach (float[] score in scorer.Transform(data).GetColumn<float[]>("Score"))
    /// {
    ///     Console.WriteLine($"Class {Array.IndexOf(score, score.Max())} of {score.Length}: {score.Max():P1}");
    /// }
    /// ]]></code>
    /// </example>
    public static MobileViTScoringEstimator ScoreImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        string modelFile,
        string? inputColumnName = null,
        string modelOutput = ModelOutputs.Logits,
        MobileViTScoringOptions? options = null) =>
        Score(catalog, outputColumnName, Load(modelFile), inputColumnName, modelOutput, options);

    /// <summary>
    /// Create a <see cref="MobileViTClassificationEstimator"/>, which predicts the class of each image: the label as a key, the
    /// scores of all classes, and the most likely labels.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="outputColumnName">
    /// Name of the column of the predicted label, a key whose values are the model's labels; <c>PredictedLabel</c> is what
    /// ML.NET's evaluators expect. The names of the other columns are among the options.
    /// </param>
    /// <param name="model">The model. It stays the caller's, who disposes it when nothing uses it any more.</param>
    /// <param name="inputColumnName">
    /// Name of the column of images: paths, encoded images as bytes, <see cref="Microsoft.ML.Data.MLImage"/>, or pixels that
    /// <see cref="PreprocessImages"/> made. If set to <see langword="null"/>, <paramref name="outputColumnName"/> is used as the
    /// source.
    /// </param>
    /// <param name="options">The rest; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no probabilities, or a setting is out of range.</exception>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ClassifyImagesSamples.cs" region="BadImages"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
    ///
    /// // An image that cannot be read does not stop the others: its row says why.
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// var options = new MobileViTClassificationOptions { TopK = 1, BadImages = BadImageHandling.Mark };
    /// using var classifier = mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", options).Fit(data);
    ///
    /// foreach (string error in classifier.Transform(data).GetColumn<string>("Error"))
    /// {
    ///     Console.WriteLine(error.Length == 0 ? "fine" : error);
    /// }
    /// ]]></code>
    /// </example>
    public static MobileViTClassificationEstimator ClassifyImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        MobileViTModel model,
        string? inputColumnName = null,
        MobileViTClassificationOptions? options = null) =>
        Classify(catalog, outputColumnName, Borrow(model), inputColumnName, options);

    /// <param name="modelFile">The path of a model file that the converter, <c>mobilevit-convert</c>, wrote.</param>
    /// <inheritdoc cref="ScoreImages(TransformsCatalog, string, string, string, string, MobileViTScoringOptions)"
    /// path="/remarks|/exception"/>
    /// <inheritdoc cref="ClassifyImages(TransformsCatalog, string, MobileViTModel, string, MobileViTClassificationOptions)"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ClassifyImagesSamples.cs" region="Labels"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
    ///
    /// using var classifier = mlContext.Transforms.ClassifyImages("PredictedLabel", modelFile, "Path").Fit(data);
    /// IDataView result = classifier.Transform(data);
    ///
    /// // The five most likely labels of each image, most likely first.
    /// foreach (string[] labels in result.GetColumn<string[]>("TopLabels"))
    /// {
    ///     Console.WriteLine(string.Join(", ", labels));
    /// }
    /// ]]></code>
    /// </example>
    public static MobileViTClassificationEstimator ClassifyImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        string modelFile,
        string? inputColumnName = null,
        MobileViTClassificationOptions? options = null) =>
        Classify(catalog, outputColumnName, Load(modelFile), inputColumnName, options);

    /// <summary>
    /// Create a <see cref="MobileViTFeaturizationEstimator"/>, which writes a feature vector for each image, for a trainer to
    /// learn from: the pooled vector before the classifier, unless another output is asked for.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="outputColumnName">
    /// Name of the column of features, a vector of <see cref="float"/>: <c>[channels]</c>, or <c>[C, H, W]</c> for a stage.
    /// </param>
    /// <param name="model">The model. It stays the caller's, who disposes it when nothing uses it any more.</param>
    /// <param name="inputColumnName">
    /// Name of the column of images: paths, encoded images as bytes, <see cref="Microsoft.ML.Data.MLImage"/>, or pixels that
    /// <see cref="PreprocessImages"/> made. If set to <see langword="null"/>, <paramref name="outputColumnName"/> is used as the
    /// source.
    /// </param>
    /// <param name="modelOutput">
    /// Which output: <see cref="ModelOutputs.Features"/>, or one of <see cref="ModelOutputs.Stages"/> that the model was
    /// converted with.
    /// </param>
    /// <param name="options">The rest; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no such output, or a setting is out of range.</exception>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/FeaturizeImagesSamples.cs" region="Similarity"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
    ///
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// using var featurizer = mlContext.Transforms.FeaturizeImages("Features", model, "Path").Fit(data);
    /// float[][] features = [.. featurizer.Transform(data).GetColumn<float[]>("Features")];
    ///
    /// int nearest = Enumerable.Range(1, features.Length - 1)
    ///     .MaxBy(i => TensorPrimitives.CosineSimilarity(features[0], features[i]));
    /// Console.WriteLine($"{files[nearest]} is most like {files[0]}");
    /// ]]></code>
    /// </example>
    public static MobileViTFeaturizationEstimator FeaturizeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        MobileViTModel model,
        string? inputColumnName = null,
        string modelOutput = ModelOutputs.Features,
        MobileViTScoringOptions? options = null) =>
        Featurize(catalog, outputColumnName, Borrow(model), inputColumnName, modelOutput, options);

    /// <param name="modelFile">The path of a model file that the converter, <c>mobilevit-convert</c>, wrote.</param>
    /// <inheritdoc cref="ScoreImages(TransformsCatalog, string, string, string, string, MobileViTScoringOptions)"
    /// path="/remarks|/exception"/>
    /// <inheritdoc cref="FeaturizeImages(TransformsCatalog, string, MobileViTModel, string, string, MobileViTScoringOptions)"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/FeaturizeImagesSamples.cs" region="Training"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(
    ///     files.Select(file => new { Path = file, Label = Path.GetFileName(file).Split('_')[0] })); // red or blue
    ///
    /// var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
    ///     .Append(mlContext.Transforms.FeaturizeImages("Features", modelFile, "Path"))
    ///     .AppendCacheCheckpoint(mlContext)
    ///     .Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy());
    /// using var trained = pipeline.Fit(data);
    ///
    /// var metrics = mlContext.MulticlassClassification.Evaluate(trained.Transform(data));
    /// Console.WriteLine($"Accuracy on the training data: {metrics.MicroAccuracy:P0}");
    /// ]]></code>
    /// </example>
    public static MobileViTFeaturizationEstimator FeaturizeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        string modelFile,
        string? inputColumnName = null,
        string modelOutput = ModelOutputs.Features,
        MobileViTScoringOptions? options = null) =>
        Featurize(catalog, outputColumnName, Load(modelFile), inputColumnName, modelOutput, options);

    internal static MobileViTScoringEstimator Score(
        TransformsCatalog catalog,
        string outputColumnName,
        SharedModel model,
        string? inputColumnName,
        string modelOutput,
        MobileViTScoringOptions? options) =>
        Create(catalog, outputColumnName, model, options, checkedOptions => new MobileViTScoringEstimator(
            model,
            new ScoringStep
            {
                InputColumnName = inputColumnName ?? outputColumnName,
                OutputColumnName = outputColumnName,
                ModelOutput = modelOutput,
                Preprocessing = model.Model.Preprocessing,
                Options = checkedOptions,
            },
            StepSaver.Instance));

    private static MobileViTClassificationEstimator Classify(
        TransformsCatalog catalog,
        string outputColumnName,
        SharedModel model,
        string? inputColumnName,
        MobileViTClassificationOptions? options) =>
        Create(catalog, outputColumnName, model, options, checkedOptions => new MobileViTClassificationEstimator(
            model,
            new ClassificationStep
            {
                InputColumnName = inputColumnName ?? outputColumnName,
                OutputColumnName = outputColumnName,
                Preprocessing = model.Model.Preprocessing,
                Options = checkedOptions,
            },
            StepSaver.Instance));

    private static MobileViTFeaturizationEstimator Featurize(
        TransformsCatalog catalog,
        string outputColumnName,
        SharedModel model,
        string? inputColumnName,
        string modelOutput,
        MobileViTScoringOptions? options) =>
        Create(catalog, outputColumnName, model, options, checkedOptions => new MobileViTFeaturizationEstimator(
            model,
            new FeaturizationStep
            {
                InputColumnName = inputColumnName ?? outputColumnName,
                OutputColumnName = outputColumnName,
                ModelOutput = modelOutput,
                Preprocessing = model.Model.Preprocessing,
                Options = checkedOptions,
            },
            StepSaver.Instance));

    /// <summary>Checks what all steps with a model are given, and makes the estimator; the model goes where none is made.</summary>
    private static TEstimator Create<TOptions, TEstimator>(
        TransformsCatalog catalog, string outputColumnName, SharedModel model, TOptions? options, Func<TOptions, TEstimator> create)
        where TOptions : MobileViTScoringOptions, new()
    {
        try
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
            options ??= new TOptions();
            options.Validate();
            return create(options);
        }
        catch
        {
            model.Discard();
            throw;
        }
    }

    private static SharedModel Borrow(MobileViTModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new SharedModel(model, isOwned: false);
    }

    private static SharedModel Load(string modelFile) => new(MobileViTModel.Describe(modelFile), isOwned: true);
}
