using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>Extension methods of <see cref="ModelOperationsCatalog"/> that load saved pipelines with MobileViT steps.</summary>
public static class MobileViTModelOperations
{
    // How ML.NET lays a saved chain out in its archive.
    private const string ChainFolder = "TransformerChain";
    private const string LoaderFolder = "Loader/";
    private const string OnnxFile = "OnnxModel";

    /// <summary>
    /// Load a pipeline that <c>mlContext.Model.Save</c> wrote, with its MobileViT steps as fast as they were: images are
    /// decoded and scored side by side.
    /// </summary>
    /// <remarks>
    /// <c>mlContext.Model.Load</c> loads the same file where this library's assembly is there, registered with
    /// <c>mlContext.ComponentCatalog.RegisterAssembly(typeof(MobileViTModel).Assembly)</c>, and gives the same numbers: one
    /// image after another, on ML.NET's own ONNX transform. Other steps of the pipeline are loaded as ML.NET loads them. Dispose the
    /// loaded pipeline, an <see cref="IDisposable"/>, to release its models.
    /// <para>
    /// What ML.NET's loader does not keep: the known size of the column of the best labels; the annotations that tell what kind
    /// of score a column is; the number of the row in an error. With it a column of images has to be one that <c>LoadImages</c>
    /// makes or of a class of yours; one that <c>ResizeImages</c> gave a size is refused when it is read. And a column
    /// called <c>pixels</c> has to be among the data exactly if it was there when the pipeline was fitted.
    /// </para>
    /// </remarks>
    /// <param name="catalog">The model operations of an <see cref="MLContext"/>.</param>
    /// <param name="filePath">The path of the saved pipeline.</param>
    /// <param name="inputSchema">The schema of the data that the pipeline was saved with.</param>
    /// <param name="options">How to run the models; null for the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a saved pipeline.</exception>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/LoadMobileViTSamples.cs" region="FromFile"><![CDATA[
    /// var mlContext = new MLContext();
    /// IDataView data = mlContext.Data.LoadFromEnumerable(files.Select(file => new { Path = file }));
    /// using var classifier = mlContext.Transforms.ClassifyImages("PredictedLabel", modelFile, "Path").Fit(data);
    /// mlContext.Model.Save(classifier, data.Schema, savedFile);
    ///
    /// // Later, elsewhere: the saved file holds the model.
    /// ITransformer pipeline = mlContext.Model.LoadMobileViT(savedFile, out DataViewSchema inputSchema);
    /// foreach (string[] labels in pipeline.Transform(data).GetColumn<string[]>("TopLabels"))
    /// {
    ///     Console.WriteLine(labels[0]);
    /// }
    /// ]]></code>
    /// </example>
    public static ITransformer LoadMobileViT(
        this ModelOperationsCatalog catalog,
        string filePath,
        out DataViewSchema inputSchema,
        MobileViTModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        if (!File.Exists(filePath))
        {
            throw new FileNotFoundException($"There is no saved pipeline '{filePath}'.", filePath);
        }

        using FileStream stream = File.OpenRead(filePath);
        return Load(catalog, stream, filePath, out inputSchema, options);
    }

    /// <param name="catalog">The model operations of an <see cref="MLContext"/>.</param>
    /// <param name="stream">The saved pipeline; a stream that can seek.</param>
    /// <param name="inputSchema">The schema of the data that the pipeline was saved with.</param>
    /// <param name="options">How to run the models; null for the defaults.</param>
    /// <exception cref="ArgumentException">The stream cannot seek, or an option is out of range.</exception>
    /// <exception cref="InvalidDataException">The stream is not a saved pipeline.</exception>
    /// <inheritdoc cref="LoadMobileViT(ModelOperationsCatalog, string, out DataViewSchema, MobileViTModelOptions)"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/LoadMobileViTSamples.cs" region="FromStream"><![CDATA[
    /// var mlContext = new MLContext();
    /// using FileStream stream = File.OpenRead(savedFile);
    /// var options = new MobileViTModelOptions { IntraOpNumThreads = 2 };
    /// ITransformer pipeline = mlContext.Model.LoadMobileViT(stream, out DataViewSchema inputSchema, options);
    /// using var owner = (IDisposable)pipeline;
    ///
    /// Console.WriteLine(string.Join(", ", inputSchema)); // Path: String
    /// Console.WriteLine(pipeline.GetOutputSchema(inputSchema)["Features"].Type); // Vector<Single, 320>
    /// ]]></code>
    /// </example>
    public static ITransformer LoadMobileViT(
        this ModelOperationsCatalog catalog,
        Stream stream,
        out DataViewSchema inputSchema,
        MobileViTModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            throw new ArgumentException(
                "The stream of the saved pipeline must be able to seek; copy it into a MemoryStream first.", nameof(stream));
        }

        return Load(catalog, stream, "the stream", out inputSchema, options);
    }

    private static ITransformer Load(
        ModelOperationsCatalog catalog,
        Stream stream,
        string source,
        out DataViewSchema inputSchema,
        MobileViTModelOptions? options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        options ??= new MobileViTModelOptions();
        options.Validate();
        long start = stream.Position;
        ITransformer loaded;
        try
        {
            loaded = catalog.Load(stream, out inputSchema);
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{source}' is not a pipeline that ML.NET can load: {exception.Message}", exception);
        }

        try
        {
            stream.Position = start;
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var entries = archive.Entries.ToDictionary(static entry => entry.FullName.Replace('\\', '/'));
            // With a data loader, ML.NET saves the pipeline as the only one of a chain, and unpacks it when it loads.
            bool hasLoader = entries.Keys.Any(static name => name.StartsWith(LoaderFolder, StringComparison.Ordinal));
            return Restore(loaded, hasLoader ? TransformFolder(ChainFolder, 0) : ChainFolder, entries, options);
        }
        catch
        {
            (loaded as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Puts fast transformers in the place of those that they were saved as, and leaves the others as they are.</summary>
    private static ITransformer Restore(
        ITransformer loaded, string folder, Dictionary<string, ZipArchiveEntry> entries, MobileViTModelOptions options)
    {
        if (loaded is not TransformerChain<ITransformer> chain)
        {
            return loaded;
        }

        ITransformer[] transformers = [.. chain];
        var restored = new List<ITransformer>();
        var scopes = new List<TransformerScope>();
        for (int i = 0; i < transformers.Length;)
        {
            scopes.Add(ScopeOf(chain, transformers[i]));
            if (Find(transformers, i, folder, entries) is ({ } stretch, { } step, { } onnx))
            {
                (transformers[stretch.OnnxIndex] as IDisposable)?.Dispose();
                restored.Add(CreateTransformer(step, onnx, options));
                i += stretch.Length;
            }
            else
            {
                restored.Add(Restore(transformers[i], TransformFolder(folder, i), entries, options));
                i++;
            }
        }

        bool isStep = restored is [MobileViTTransformer] && transformers.Length > 1;
        return isStep ? restored[0] : new TransformerChain<ITransformer>(restored, scopes);
    }

    /// <summary>The step whose transformers begin at an index of a chain, if one does.</summary>
    private static (SavedStretch? Stretch, ImageStep? Step, byte[]? Onnx) Find(
        ITransformer[] chain, int start, string folder, Dictionary<string, ZipArchiveEntry> entries)
    {
        foreach (bool stashesPixels in (bool[])[false, true])
        {
            if (SavedStretch.At(chain, start, stashesPixels) is { } stretch
                && ReadStep(TransformFolder(folder, stretch.OnnxIndex), entries) is ({ } step, { } onnx)
                && step.InputHasPixelsColumn == stashesPixels)
            {
                return (stretch, step, onnx);
            }
        }

        return default;
    }

    private static string TransformFolder(string folder, int index) => $"{folder}/Transform_{index:000}";

    private static (ImageStep? Step, byte[]? Onnx) ReadStep(string folder, Dictionary<string, ZipArchiveEntry> entries)
    {
        if (!entries.TryGetValue($"{folder}/{OnnxFile}", out ZipArchiveEntry? entry))
        {
            return default;
        }

        // The entry is a byte array as ML.NET writes it: its length first.
        using var reader = new BinaryReader(entry.Open());
        byte[] onnx = reader.ReadBytes(reader.ReadInt32());
        return (SavedOnnx.ReadStep(onnx), onnx);
    }

    private static MobileViTTransformer CreateTransformer(ImageStep step, byte[] onnx, MobileViTModelOptions options)
    {
        if (step.Kind == ImageStepKind.Preprocess)
        {
            return new MobileViTPreprocessingTransformer(step);
        }

        var model = new SharedModel(MobileViTModel.Load(onnx.AsMemory(0, step.ModelLength), options), isOwned: true);
        return step.Kind switch
        {
            ImageStepKind.Score => new MobileViTScoringTransformer(model, step),
            ImageStepKind.Classify => new MobileViTClassificationTransformer(model, step),
            _ => new MobileViTFeaturizationTransformer(model, step),
        };
    }

    /// <summary>When a transformer of a chain takes part. The chain itself does not say, but what it keeps for a scope does.</summary>
    private static TransformerScope ScopeOf(TransformerChain<ITransformer> chain, ITransformer transformer) =>
        ((TransformerScope[])[TransformerScope.Training, TransformerScope.Testing, TransformerScope.Scoring])
            .Where(scope => chain.GetModelFor(scope).Contains(transformer))
            .Aggregate(TransformerScope.None, static (sum, scope) => sum | scope);
}
