using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

// What an overload for model files does not say of its parameters, it inherits.
#pragma warning disable CS1573

/// <summary>
/// Extension methods of <see cref="TransformsCatalog"/> that preprocess, score, classify and featurize images with MobileViT, and a
/// trainer on features for <see cref="MulticlassClassificationCatalog.MulticlassClassificationTrainers"/>.
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

    /// <summary>Create one <see cref="MobileViTPreprocessingEstimator"/> for each of several columns of images.</summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="columns">
    /// The pairs of an output column and the column of images that it is made of, as the overload for one column says.
    /// </param>
    /// <remarks>
    /// The names of the columns beside the outputs follow that of their output and a dot: <c>Left.Error</c> where an output is called
    /// <c>Left</c> and bad images are marked.
    /// </remarks>
    /// <exception cref="ArgumentException">There are no columns, two have the same name, or a setting is out of range.</exception>
    /// <inheritdoc cref="PreprocessImages(TransformsCatalog, string, ImagePreprocessing, string, MobileViTPreprocessingOptions)"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/PreprocessImagesSamples.cs" region="TwoColumns"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
    /// InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];
    ///
    /// ImagePreprocessing preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Timm);
    /// using var transformer = mlContext.Transforms.PreprocessImages(columns, preprocessing).Fit(data);
    ///
    /// DataViewSchema schema = transformer.GetOutputSchema(data.Schema);
    /// Console.WriteLine($"{schema["Left"].Type}, {schema["Right"].Type}"); // Vector<Single, 3, 256, 256>, twice
    /// ]]></code>
    /// </example>
    public static EstimatorChain<MobileViTPreprocessingTransformer> PreprocessImages(
        this TransformsCatalog catalog,
        InputOutputColumnPair[] columns,
        ImagePreprocessing preprocessing,
        MobileViTPreprocessingOptions? options = null)
    {
        options ??= new MobileViTPreprocessingOptions();
        options.Validate();
        return ForEach(
            columns,
            pair => catalog.PreprocessImages(
                pair.OutputColumnName, preprocessing, pair.InputColumnName, options.ForColumn(pair.OutputColumnName)));
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
    /// <see cref="PreprocessImages(TransformsCatalog, string, ImagePreprocessing, string, MobileViTPreprocessingOptions)"/> made. If set to <see langword="null"/>, <paramref name="outputColumnName"/> is used as the
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
    /// The file is read at once, and a session is opened by the first <c>Fit</c>. The model belongs to the transformers that are made,
    /// and is released with the last of them: dispose them. Several transforms can share one model by the overload that takes a
    /// <see cref="MobileViTModel"/>.
    /// </remarks>
    /// <param name="modelFile">The path of a model file that the converter, <c>mobilevit convert</c>, wrote.</param>
    /// <param name="gpuDeviceId">
    /// The CUDA device to run the model on; if set to <see langword="null"/>, that of <see cref="MLContext.GpuDeviceId"/>, and the CPU
    /// where that is null too. See <see cref="MobileViTModelOptions.GpuDeviceId"/>. It is not saved with a pipeline.
    /// </param>
    /// <param name="fallbackToCpu">
    /// Whether to run on the CPU where the device cannot be used; otherwise <c>Fit</c> throws <see cref="InvalidOperationException"/>.
    /// With the context's device, <see cref="MLContext.FallbackToCpu"/> counts too.
    /// </param>
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
        MobileViTScoringOptions? options = null,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        Score(catalog, outputColumnName, Load(catalog, modelFile, gpuDeviceId, fallbackToCpu), inputColumnName, modelOutput, options);

    /// <summary>Create one <see cref="MobileViTScoringEstimator"/> for each of several columns of images, with one model: logits unless another output is asked for.</summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="columns">
    /// The pairs of an output column and the column of images that it is made of, as the overload for one column says.
    /// </param>
    /// <remarks>
    /// The names of the columns beside the outputs follow that of their output and a dot: <c>Left.Error</c> where an output is called
    /// <c>Left</c> and bad images are marked.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// There are no columns, two have the same name, the model has no such output, or a setting is out of range.
    /// </exception>
    /// <inheritdoc cref="ScoreImages(TransformsCatalog, string, MobileViTModel, string, string, MobileViTScoringOptions)"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ScoreImagesSamples.cs" region="TwoColumns"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
    /// InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];
    ///
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// var options = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark };
    /// using var scorer = mlContext.Transforms.ScoreImages(columns, model, options: options).Fit(data);
    ///
    /// foreach (string error in scorer.Transform(data).GetColumn<string>("Right.Error"))
    /// {
    ///     Console.WriteLine(error.Length == 0 ? "fine" : error);
    /// }
    /// ]]></code>
    /// </example>
    public static EstimatorChain<MobileViTScoringTransformer> ScoreImages(
        this TransformsCatalog catalog,
        InputOutputColumnPair[] columns,
        MobileViTModel model,
        string modelOutput = ModelOutputs.Logits,
        MobileViTScoringOptions? options = null) =>
        ScoreEach(catalog, columns, Borrow(model), modelOutput, options);

    /// <inheritdoc cref="ScoreImages(TransformsCatalog, InputOutputColumnPair[], MobileViTModel, string, MobileViTScoringOptions)"
    /// path="/summary|/param|/exception"/>
    /// <inheritdoc cref="ScoreImages(TransformsCatalog, string, string, string, string, MobileViTScoringOptions, int?, bool)"/>
    /// <remarks>
    /// The file is read at once, and a session is opened by the first <c>Fit</c>. The transformers share the model, and it is released
    /// with the last of them: dispose their chain. The names of the columns beside the outputs follow that of their output and a dot:
    /// <c>Left.Error</c> where an output is called <c>Left</c> and bad images are marked.
    /// </remarks>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ScoreImagesSamples.cs" region="TwoColumnsOfAFile"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
    /// InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];
    ///
    /// using var scorer = mlContext.Transforms.ScoreImages(columns, modelFile, ModelOutputs.Probabilities).Fit(data);
    ///
    /// foreach (float[] score in scorer.Transform(data).GetColumn<float[]>("Right"))
    /// {
    ///     Console.WriteLine($"Class {Array.IndexOf(score, score.Max())}: {score.Max():P1}");
    /// }
    /// ]]></code>
    /// </example>
    public static EstimatorChain<MobileViTScoringTransformer> ScoreImages(
        this TransformsCatalog catalog,
        InputOutputColumnPair[] columns,
        string modelFile,
        string modelOutput = ModelOutputs.Logits,
        MobileViTScoringOptions? options = null,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        ScoreEach(catalog, columns, Load(catalog, modelFile, gpuDeviceId, fallbackToCpu), modelOutput, options);

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
    /// <see cref="PreprocessImages(TransformsCatalog, string, ImagePreprocessing, string, MobileViTPreprocessingOptions)"/> made. If set to <see langword="null"/>, <paramref name="outputColumnName"/> is used as the
    /// source.
    /// </param>
    /// <param name="options">The rest; null for the defaults.</param>
    /// <remarks>
    /// <para>
    /// For several columns of images, append one for each, with a <see cref="MobileViTModel"/> that they share and options that name
    /// the columns of each: the columns of a classification have names that evaluators look for, and no others would be as good.
    /// </para>
    /// <para>
    /// For single images from many threads there is <see cref="MobileViTModel.Classify(string, int)"/>. A
    /// <see cref="PredictionEngine{TSrc, TDst}"/> must not be shared by threads, which is ML.NET's rule: one engine that 8 threads
    /// shared gave 34 to 62 wrong labels of 256, without an error.
    /// </para>
    /// </remarks>
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

    /// <param name="modelFile">The path of a model file that the converter, <c>mobilevit convert</c>, wrote.</param>
    /// <param name="gpuDeviceId">
    /// The CUDA device to run the model on; if set to <see langword="null"/>, that of <see cref="MLContext.GpuDeviceId"/>, and the CPU
    /// where that is null too. See <see cref="MobileViTModelOptions.GpuDeviceId"/>. It is not saved with a pipeline.
    /// </param>
    /// <param name="fallbackToCpu">
    /// Whether to run on the CPU where the device cannot be used; otherwise <c>Fit</c> throws <see cref="InvalidOperationException"/>.
    /// With the context's device, <see cref="MLContext.FallbackToCpu"/> counts too.
    /// </param>
    /// <inheritdoc cref="ScoreImages(TransformsCatalog, string, string, string, string, MobileViTScoringOptions, int?, bool)"
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
        MobileViTClassificationOptions? options = null,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        Classify(catalog, outputColumnName, Load(catalog, modelFile, gpuDeviceId, fallbackToCpu), inputColumnName, options);

    /// <summary>
    /// Create a <see cref="MobileViTScoringEstimator"/>, which writes a feature vector for each image, for a trainer to learn
    /// from: the pooled vector before the classifier, unless another output is asked for.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="outputColumnName">
    /// Name of the column of features, a vector of <see cref="float"/>: <c>[channels]</c>, or <c>[C, H, W]</c> for a stage.
    /// </param>
    /// <param name="model">The model. It stays the caller's, who disposes it when nothing uses it any more.</param>
    /// <param name="inputColumnName">
    /// Name of the column of images: paths, encoded images as bytes, <see cref="Microsoft.ML.Data.MLImage"/>, or pixels that
    /// <see cref="PreprocessImages(TransformsCatalog, string, ImagePreprocessing, string, MobileViTPreprocessingOptions)"/> made. If set to <see langword="null"/>, <paramref name="outputColumnName"/> is used as the
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
    public static MobileViTScoringEstimator FeaturizeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        MobileViTModel model,
        string? inputColumnName = null,
        string modelOutput = ModelOutputs.Features,
        MobileViTScoringOptions? options = null) =>
        Score(catalog, outputColumnName, Borrow(model), inputColumnName, modelOutput, options);

    /// <param name="modelFile">The path of a model file that the converter, <c>mobilevit convert</c>, wrote.</param>
    /// <param name="gpuDeviceId">
    /// The CUDA device to run the model on; if set to <see langword="null"/>, that of <see cref="MLContext.GpuDeviceId"/>, and the CPU
    /// where that is null too. See <see cref="MobileViTModelOptions.GpuDeviceId"/>. It is not saved with a pipeline.
    /// </param>
    /// <param name="fallbackToCpu">
    /// Whether to run on the CPU where the device cannot be used; otherwise <c>Fit</c> throws <see cref="InvalidOperationException"/>.
    /// With the context's device, <see cref="MLContext.FallbackToCpu"/> counts too.
    /// </param>
    /// <inheritdoc cref="ScoreImages(TransformsCatalog, string, string, string, string, MobileViTScoringOptions, int?, bool)"
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
    public static MobileViTScoringEstimator FeaturizeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        string modelFile,
        string? inputColumnName = null,
        string modelOutput = ModelOutputs.Features,
        MobileViTScoringOptions? options = null,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        Score(catalog, outputColumnName, Load(catalog, modelFile, gpuDeviceId, fallbackToCpu), inputColumnName, modelOutput, options);

    /// <summary>Create one <see cref="MobileViTScoringEstimator"/> for each of several columns of images, with one model: feature vectors for a trainer to learn from.</summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="columns">
    /// The pairs of an output column and the column of images that it is made of, as the overload for one column says.
    /// </param>
    /// <remarks>
    /// The names of the columns beside the outputs follow that of their output and a dot: <c>Left.Error</c> where an output is called
    /// <c>Left</c> and bad images are marked.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// There are no columns, two have the same name, the model has no such output, or a setting is out of range.
    /// </exception>
    /// <inheritdoc cref="FeaturizeImages(TransformsCatalog, string, MobileViTModel, string, string, MobileViTScoringOptions)"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/FeaturizeImagesSamples.cs" region="TwoColumns"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
    /// InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];
    ///
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// using var featurizer = mlContext.Transforms.FeaturizeImages(columns, model).Fit(data);
    ///
    /// IDataView result = featurizer.Transform(data);
    /// float[] similarities =
    /// [
    ///     .. result.GetColumn<float[]>("Left").Zip(result.GetColumn<float[]>("Right"), (left, right) => TensorPrimitives.CosineSimilarity(left, right)),
    /// ];
    /// ]]></code>
    /// </example>
    public static EstimatorChain<MobileViTScoringTransformer> FeaturizeImages(
        this TransformsCatalog catalog,
        InputOutputColumnPair[] columns,
        MobileViTModel model,
        string modelOutput = ModelOutputs.Features,
        MobileViTScoringOptions? options = null) =>
        ScoreEach(catalog, columns, Borrow(model), modelOutput, options);

    /// <inheritdoc cref="FeaturizeImages(TransformsCatalog, InputOutputColumnPair[], MobileViTModel, string, MobileViTScoringOptions)"
    /// path="/summary|/param|/exception"/>
    /// <inheritdoc cref="FeaturizeImages(TransformsCatalog, string, string, string, string, MobileViTScoringOptions, int?, bool)"/>
    /// <remarks>
    /// The file is read at once, and a session is opened by the first <c>Fit</c>. The transformers share the model, and it is released
    /// with the last of them: dispose their chain. The names of the columns beside the outputs follow that of their output and a dot:
    /// <c>Left.Error</c> where an output is called <c>Left</c> and bad images are marked.
    /// </remarks>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/FeaturizeImagesSamples.cs" region="TwoColumnsOfAFile"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { LeftPath = file, RightPath = otherFile }));
    /// InputOutputColumnPair[] columns = [new("Left", "LeftPath"), new("Right", "RightPath")];
    ///
    /// // One vector of both images, for a trainer to learn from.
    /// var pipeline = mlContext.Transforms.FeaturizeImages(columns, modelFile)
    ///     .Append(mlContext.Transforms.Concatenate("Features", "Left", "Right"));
    /// using var fitted = pipeline.Fit(data);
    ///
    /// Console.WriteLine(fitted.GetOutputSchema(data.Schema)["Features"].Type); // Vector<Single, 640>
    /// ]]></code>
    /// </example>
    public static EstimatorChain<MobileViTScoringTransformer> FeaturizeImages(
        this TransformsCatalog catalog,
        InputOutputColumnPair[] columns,
        string modelFile,
        string modelOutput = ModelOutputs.Features,
        MobileViTScoringOptions? options = null,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        ScoreEach(catalog, columns, Load(catalog, modelFile, gpuDeviceId, fallbackToCpu), modelOutput, options);

    /// <summary>
    /// Create a <see cref="NearestNeighborsEstimator"/>, which classifies by the training rows with the most similar features: a trainer
    /// for few images a class.
    /// </summary>
    /// <param name="catalog">The trainers' catalog.</param>
    /// <param name="labelColumnName">Name of the label, a key of texts.</param>
    /// <param name="featureColumnName">Name of the features, a vector of <see cref="float"/> of known size, not normalised.</param>
    /// <param name="exampleWeightColumnName">Name of the rows' weights, a column of <see cref="float"/>; null for equal ones.</param>
    /// <param name="neighborCount">How many rows vote, from 1; all of them where there are fewer.</param>
    /// <exception cref="ArgumentException">A name is empty, or <paramref name="neighborCount"/> is less than 1.</exception>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/NearestNeighborsSamples.cs" region="FewImages"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(
    ///     files.Select(file => new { Path = file, Label = Path.GetFileName(file).Split('_')[0] })); // red or blue
    ///
    /// var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
    ///     .Append(mlContext.Transforms.FeaturizeImages("Features", modelFile, "Path"))
    ///     .Append(mlContext.MulticlassClassification.Trainers.NearestNeighbors(neighborCount: 3))
    ///     .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    /// using var trained = pipeline.Fit(data);
    ///
    /// string[] predicted = [.. trained.Transform(data).GetColumn<string>("PredictedLabel")];
    /// Console.WriteLine($"{files[0]} is {predicted[0]}");
    /// ]]></code>
    /// </example>
    public static NearestNeighborsEstimator NearestNeighbors(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        int neighborCount = NearestNeighborsEstimator.DefaultNeighborCount)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(featureColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighborCount, 1);
        return new NearestNeighborsEstimator(labelColumnName, featureColumnName, exampleWeightColumnName, neighborCount);
    }

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

    private static EstimatorChain<MobileViTScoringTransformer> ScoreEach(
        TransformsCatalog catalog,
        InputOutputColumnPair[] columns,
        SharedModel model,
        string modelOutput,
        MobileViTScoringOptions? options)
    {
        try
        {
            options ??= new MobileViTScoringOptions();
            options.Validate();
            return ForEach(
                columns,
                pair => Score(
                    catalog,
                    pair.OutputColumnName,
                    model,
                    pair.InputColumnName,
                    modelOutput,
                    options.ForColumn(pair.OutputColumnName)));
        }
        catch
        {
            model.Discard();
            throw;
        }
    }

    private static EstimatorChain<TTransformer> ForEach<TTransformer>(
        InputOutputColumnPair[] columns, Func<InputOutputColumnPair, IEstimator<TTransformer>> create)
        where TTransformer : class, ITransformer
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Length == 0 || columns.Contains(null!))
        {
            throw new ArgumentException("There must be at least one pair of columns, and none may be null.", nameof(columns));
        }

        OutputColumn.RequireDistinct(columns.Select(static pair => pair.OutputColumnName));
        return columns.Aggregate(new EstimatorChain<TTransformer>(), (chain, pair) => chain.Append(create(pair)));
    }

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

    private static SharedModel Load(TransformsCatalog catalog, string modelFile, int? gpuDeviceId, bool fallbackToCpu)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var options = new MobileViTModelOptions { GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu };
        return new SharedModel(MobileViTModel.Describe(modelFile, options.WithDeviceOf(catalog)), isOwned: true);
    }
}
