using System.IO.Compression;
using Microsoft.ML;

namespace MlNetMobileViT;

#pragma warning disable CS1573 // The overload for streams inherits the rest.

/// <summary>Extension methods of <see cref="ModelOperationsCatalog"/> that load saved pipelines with MobileViT steps.</summary>
public static class MobileViTModelOperations
{
    /// <summary>
    /// Load a pipeline that <c>mlContext.Model.Save</c> wrote, with its MobileViT steps as fast as they were: images are
    /// decoded and scored side by side.
    /// </summary>
    /// <remarks>
    /// <c>mlContext.Model.Load</c> loads the same file where this library's assembly is there, registered with
    /// <c>mlContext.ComponentCatalog.RegisterAssembly(typeof(MobileViTModel).Assembly)</c>, and gives the same numbers: one
    /// image after another, on ML.NET's own ONNX transform. This is not kept by it:
    /// <list type="bullet">
    /// <item>the known size of the best labels, which become a vector of text of variable size;</item>
    /// <item>the annotations <c>ScoreColumnKind</c> and <c>ScoreValueKind</c> of a classification's label and scores;</item>
    /// <item>the slot names of scores where the model file has no labels;</item>
    /// <item>the number of the row in messages about bad images.</item>
    /// </list>
    /// Other steps of the pipeline are loaded as ML.NET loads them. Where the context has a GPU, ML.NET opens its own ONNX transforms on
    /// it first, and does not fall back where the application has only the package for the CPU.
    /// Dispose the loaded pipeline, an <see cref="IDisposable"/>, to release its models.
    /// </remarks>
    /// <param name="catalog">The model operations of an <see cref="MLContext"/>.</param>
    /// <param name="filePath">The path of the saved pipeline.</param>
    /// <param name="inputSchema">The schema of the data that the pipeline was saved with.</param>
    /// <param name="options">
    /// How to run the models; null for the defaults. Where they name no GPU, <see cref="MLContext.GpuDeviceId"/> and
    /// <see cref="MLContext.FallbackToCpu"/> count.
    /// </param>
    /// <param name="pipelineOptions">What the steps are to do otherwise than they were saved to; null for nothing.</param>
    /// <exception cref="ArgumentException">
    /// The path is empty, or an option is out of range, or the error column has the name of another.
    /// </exception>
    /// <exception cref="InvalidOperationException">The GPU cannot be used; the message says what it takes.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not a saved pipeline, or a step in it cannot be read; the message says why. Whatever is wrong with a file is
    /// this exception. A disk that is full or fails is an <see cref="IOException"/>, for ML.NET keeps models in temporary files.
    /// </exception>
    /// <exception cref="DllNotFoundException">
    /// ONNX Runtime's native library is missing: the application has to reference <c>Microsoft.ML.OnnxRuntime</c> or
    /// <c>Microsoft.ML.OnnxRuntime.Gpu</c>.
    /// </exception>
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
        MobileViTModelOptions? options = null,
        MobileViTPipelineOptions? pipelineOptions = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        if (!File.Exists(filePath))
        {
            throw new FileNotFoundException($"There is no saved pipeline '{filePath}'.", filePath);
        }

        using FileStream stream = File.OpenRead(filePath);
        return Load(catalog, stream, filePath, out inputSchema, options, pipelineOptions);
    }

    /// <param name="stream">The saved pipeline; a stream that can seek.</param>
    /// <exception cref="ArgumentException">The stream cannot seek, or an option is out of range.</exception>
    /// <exception cref="InvalidDataException">The stream is not a saved pipeline, or a step in it cannot be read.</exception>
    /// <inheritdoc cref="LoadMobileViT(ModelOperationsCatalog, string, out DataViewSchema, MobileViTModelOptions, MobileViTPipelineOptions)"/>
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
        MobileViTModelOptions? options = null,
        MobileViTPipelineOptions? pipelineOptions = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            throw new ArgumentException(
                "The stream of the saved pipeline must be able to seek; copy it into a MemoryStream first.", nameof(stream));
        }

        return Load(catalog, stream, "the stream", out inputSchema, options, pipelineOptions);
    }

    private static ITransformer Load(
        ModelOperationsCatalog catalog,
        Stream stream,
        string source,
        out DataViewSchema inputSchema,
        MobileViTModelOptions? options,
        MobileViTPipelineOptions? pipelineOptions)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        options = (options ?? new MobileViTModelOptions()).WithDeviceOf(catalog);
        options.Validate();
        pipelineOptions ??= new MobileViTPipelineOptions();
        pipelineOptions.Validate();
        NativeOnnxRuntime.ThrowIfMissing();
        long start = stream.Position;
        ITransformer loaded;
        try
        {
            loaded = LoadByMLNet(catalog, stream, out inputSchema);
        }
        catch (Exception exception)
        {
            throw new MobileViTModelOptions().WithDeviceOf(catalog).GpuDeviceId is { } device
                && UnreadablePipeline.FaultOfGpu(exception) is { } fault
                ? UnreadablePipeline.GpuError(source, device, fault)
                : UnreadablePipeline.Error(source, exception);
        }

        using var restoring = new RestoredPipeline(loaded, source, options, pipelineOptions);
        stream.Position = start;
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        return restoring.Restore(archive);
    }

    private static ITransformer LoadByMLNet(ModelOperationsCatalog catalog, Stream stream, out DataViewSchema inputSchema)
    {
        long start = stream.Position;
        try
        {
            return catalog.Load(stream, out inputSchema);
        }
        catch (Exception exception) when (UnreadablePipeline.IsTakenForOrtFormat(exception))
        {
            stream.Position = start;
            return catalog.Load(stream, out inputSchema);
        }
    }
}
