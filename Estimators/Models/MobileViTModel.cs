namespace MlNetMobileViT;

/// <summary>
/// A converted MobileViT model, ready to score: the graph in an ONNX Runtime session, and what the file says about itself.
/// </summary>
/// <remarks>
/// <para>
/// A model may be shared by any number of transformers, prediction engines and threads. Whoever creates it disposes it, once
/// nothing uses it any more; disposing a transformer or a prediction engine leaves it alone. A transform that was given the
/// path of a model file instead has a model of its own, and disposes it with the last of its transformers.
/// </para>
/// <para>
/// For one picture, or where many threads ask at once, as in a web service, there are <c>Classify</c> and <c>Featurize</c> with
/// their asynchronous forms: any number of threads may call them on one model, and they give what a pipeline gives, to the last
/// bit. A <see cref="Microsoft.ML.PredictionEngine{TSrc, TDst}"/> is different: it is ML.NET's rule that one engine is for one
/// thread at a time. Engines that threads share give wrong labels without an error.
/// </para>
/// </remarks>
public sealed partial class MobileViTModel : IDisposable
{
    private readonly Lazy<ModelCalls> _calls;

    private MobileViTModel(ModelSession session)
    {
        Session = session;
        _calls = new Lazy<ModelCalls>(() => new ModelCalls(session));
    }

    /// <summary>What the file says about itself.</summary>
    public ModelMetadata Metadata => Session.Description.Metadata;

    /// <summary>How an image becomes the model's input; part of <see cref="Metadata"/>.</summary>
    public ImagePreprocessing Preprocessing => Metadata.Preprocessing;

    /// <summary>
    /// The class labels in the order of the logits; where the file has none, the indices of the classes as text. Labels are
    /// distinct: where a name stands for more than one class, as <c>crane</c> does in ImageNet, the later ones get their
    /// index, as <c>crane (517)</c>, and an empty one becomes its index. Empty where the model has neither logits nor
    /// probabilities.
    /// </summary>
    public IReadOnlyList<string> Labels => Signature.Labels;

    /// <summary>The outputs of the graph, in its order.</summary>
    public IReadOnlyList<ModelOutput> Outputs => Signature.Outputs;

    /// <summary>The graph.</summary>
    internal ModelSession Session { get; }

    /// <summary>What its calls for images share.</summary>
    internal ModelCalls Calls => _calls.Value;

    internal ModelSignature Signature => Session.Description.Signature;

    /// <summary>Whether the model was disposed.</summary>
    internal bool IsDisposed => Session.IsDisposed;

    /// <summary>Loads a model file that the converter, <c>mobilevit convert</c>, wrote.</summary>
    /// <param name="path">The path of the <c>.onnx</c> file.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not an ONNX model, or not one that this project's converter wrote.
    /// </exception>
    /// <exception cref="InvalidOperationException">The GPU cannot be used; the message says what it takes.</exception>
    /// <exception cref="DllNotFoundException">
    /// ONNX Runtime's native library is missing: the application has to reference <c>Microsoft.ML.OnnxRuntime</c> or
    /// <c>Microsoft.ML.OnnxRuntime.Gpu</c>.
    /// </exception>
    public static MobileViTModel Load(string path, MobileViTModelOptions? options = null) => Opened(Describe(path, options));

    /// <summary>Loads a model from the bytes of a file that the converter, <c>mobilevit convert</c>, wrote.</summary>
    /// <param name="onnx">The content of the <c>.onnx</c> file. It is kept, and must not change.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">
    /// The bytes are not an ONNX model, or not one that this project's converter wrote.
    /// </exception>
    /// <exception cref="InvalidOperationException">The GPU cannot be used; the message says what it takes.</exception>
    /// <exception cref="DllNotFoundException">
    /// ONNX Runtime's native library is missing: the application has to reference <c>Microsoft.ML.OnnxRuntime</c> or
    /// <c>Microsoft.ML.OnnxRuntime.Gpu</c>.
    /// </exception>
    public static MobileViTModel Load(ReadOnlyMemory<byte> onnx, MobileViTModelOptions? options = null) =>
        Load(onnx, "the model in memory", options ?? new MobileViTModelOptions());

    /// <summary>Loads a model from bytes that have a name.</summary>
    internal static MobileViTModel Load(ReadOnlyMemory<byte> onnx, string source, MobileViTModelOptions options) =>
        Opened(new MobileViTModel(new ModelSession(onnx, source, options)));

    /// <summary>
    /// A model whose file was read and checked as far as it describes itself, and whose session is created when it is first used.
    /// </summary>
    internal static MobileViTModel Describe(string path, MobileViTModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                Directory.Exists(path)
                    ? $"'{path}' is a folder; the model must be an .onnx file that 'mobilevit convert' wrote."
                    : $"There is no model file '{path}'. Convert a checkpoint with 'mobilevit convert' to get one.",
                path);
        }

        return new MobileViTModel(new ModelSession(File.ReadAllBytes(path), path, options ?? new MobileViTModelOptions()));
    }

    /// <summary>Gets an output by its name.</summary>
    /// <param name="name">One of <see cref="ModelOutputs"/>.</param>
    /// <exception cref="ArgumentException">The model has no such output; the message lists those that it has.</exception>
    public ModelOutput GetOutput(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Signature.GetOutput(name);
    }

    /// <summary>
    /// Releases the native session. Runs that are under way finish first; later ones throw
    /// <see cref="ObjectDisposedException"/>. Calling it again does nothing.
    /// </summary>
    public void Dispose()
    {
        // Before the session that they are bound to.
        if (_calls.IsValueCreated)
        {
            _calls.Value.Dispose();
        }

        Session.Dispose();
    }

    /// <summary>A model of its own session over the same bytes.</summary>
    internal MobileViTModel Reload() => new(Session.Reload());

    private static MobileViTModel Opened(MobileViTModel model)
    {
        model.Session.Open();
        return model;
    }
}
