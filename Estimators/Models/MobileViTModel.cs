using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlNetMobileViT;

/// <summary>
/// A converted MobileViT model, ready to score: the graph in an ONNX Runtime session, and what the file says about itself.
/// </summary>
/// <remarks>
/// A model may be shared by any number of transformers, prediction engines and threads. Whoever creates it disposes it, once
/// nothing uses it any more; disposing a transformer or a prediction engine leaves it alone. A transform that was given the
/// path of a model file instead has a model of its own, and disposes it with the last of its transformers.
/// </remarks>
public sealed class MobileViTModel : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ReadOnlyMemory<byte> _bytes;
    private InferenceSession? _session;
    private int _runs;
    private bool _disposed;

    private MobileViTModel(ReadOnlyMemory<byte> bytes, string source, MobileViTModelOptions options)
    {
        options.Validate();
        _bytes = bytes;
        Options = options;
        Source = source;
        _session = SessionFactory.Create(bytes, source, options);
        try
        {
            Metadata = ModelMetadata.FromProperties(_session.ModelMetadata.CustomMetadataMap, source);
            FixedBatch = ReadBatch(_session, Metadata.Preprocessing, source);
            Outputs = ReadOutputs(_session, Metadata.Preprocessing, source);
            Labels = ReadLabels(Metadata, Outputs, source);
        }
        catch (Exception exception)
        {
            _session.Dispose();
            if (exception is InvalidDataException)
            {
                throw;
            }

            throw new InvalidDataException($"'{source}' is not a model that can be run: {exception.Message}", exception);
        }
    }

    /// <summary>What the file says about itself.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>How an image becomes the model's input; part of <see cref="Metadata"/>.</summary>
    public ImagePreprocessing Preprocessing => Metadata.Preprocessing;

    /// <summary>
    /// The class labels in the order of the logits; where the file has none, the indices of the classes as text. Labels are
    /// distinct: where a name stands for more than one class, as <c>crane</c> does in ImageNet, the later ones get their
    /// index, as <c>crane (517)</c>, and an empty one becomes its index. Empty where the model has neither logits nor
    /// probabilities.
    /// </summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The outputs of the graph, in its order.</summary>
    public IReadOnlyList<ModelOutput> Outputs { get; }

    /// <summary>The only number of images that the graph takes at once; null where it takes any.</summary>
    internal int? FixedBatch { get; }

    /// <summary>What the model was loaded from: a path, or a description of the bytes.</summary>
    internal string Source { get; }

    internal MobileViTModelOptions Options { get; }

    internal ModelSignature Signature => new(Source, Outputs, Labels);

    /// <summary>The ONNX file.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>Whether the model was disposed.</summary>
    internal bool IsDisposed => _disposed;

    /// <summary>Loads a model file that the converter, <c>mobilevit-convert</c>, wrote.</summary>
    /// <param name="path">The path of the <c>.onnx</c> file.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not an ONNX model, or not one that this project's converter wrote.
    /// </exception>
    public static MobileViTModel Load(string path, MobileViTModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                Directory.Exists(path)
                    ? $"'{path}' is a folder; the model must be an .onnx file that the Conversion command line wrote."
                    : $"There is no model file '{path}'. Convert a checkpoint with the Conversion command line to get one.",
                path);
        }

        return new MobileViTModel(File.ReadAllBytes(path), path, options ?? new MobileViTModelOptions());
    }

    /// <summary>Loads a model from the bytes of a file that the converter, <c>mobilevit-convert</c>, wrote.</summary>
    /// <param name="onnx">The content of the <c>.onnx</c> file. It is kept, and must not change.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">
    /// The bytes are not an ONNX model, or not one that this project's converter wrote.
    /// </exception>
    public static MobileViTModel Load(ReadOnlyMemory<byte> onnx, MobileViTModelOptions? options = null) =>
        new(onnx, "the model in memory", options ?? new MobileViTModelOptions());

    /// <summary>Loads a model from bytes that have a name.</summary>
    internal static MobileViTModel Load(ReadOnlyMemory<byte> onnx, string source, MobileViTModelOptions options) =>
        new(onnx, source, options);

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
        lock (_gate)
        {
            _disposed = true;
            ReleaseWhereIdle();
        }
    }

    /// <summary>A model of its own session over the same bytes.</summary>
    internal MobileViTModel Reload() => new(_bytes, Source, Options);

    /// <summary>Runs the graph on tensors that the caller owns.</summary>
    internal void Run(RunOptions runOptions, OrtIoBinding binding)
    {
        InferenceSession session = Enter();
        try
        {
            session.RunWithBinding(runOptions, binding);
        }
        finally
        {
            Leave();
        }
    }

    internal OrtIoBinding CreateBinding()
    {
        InferenceSession session = Enter();
        try
        {
            return session.CreateIoBinding();
        }
        finally
        {
            Leave();
        }
    }

    private static int? ReadBatch(InferenceSession session, ImagePreprocessing preprocessing, string source)
    {
        if (session.InputMetadata.Count != 1
            || !session.InputMetadata.TryGetValue(ModelOutputs.Input, out NodeMetadata? input)
            || !input.IsTensor
            || input.ElementType != typeof(float)
            || input.Dimensions.Length != 4
            || !Fits(input.Dimensions[1..], [3, preprocessing.Height, preprocessing.Width]))
        {
            throw new InvalidDataException(
                $"'{source}' must have one float input '{ModelOutputs.Input}' of shape [N, 3, {preprocessing.Height}, "
                + $"{preprocessing.Width}], as its metadata says. Convert the checkpoint again.");
        }

        int batch = input.Dimensions[0];
        if (batch > MobileViTScoringOptions.MaxBatchSize)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{source}' takes {batch} images at once, more than {MobileViTScoringOptions.MaxBatchSize}. Convert the checkpoint again "
                + $"with a smaller batch, or without a fixed one."));
        }

        return batch > 0 ? batch : null;
    }

    private static bool Fits(int[] declared, int[] wanted) =>
        declared.Zip(wanted).All(static pair => pair.First < 0 || pair.First == pair.Second);

    private static ModelOutput[] ReadOutputs(InferenceSession session, ImagePreprocessing preprocessing, string source)
    {
        string[] names = [.. session.OutputNames];
        if (session.OutputMetadata.Values.Any(static output =>
            !output.IsTensor || output.ElementType != typeof(float) || output.Dimensions.Length < 2))
        {
            throw new InvalidDataException(
                $"'{source}' has outputs that are not float32 with a batch and one dimension more. Convert the checkpoint again.");
        }

        int[][] shapes = [.. names.Select(name => session.OutputMetadata[name].Dimensions[1..])];
        if (shapes.Any(static shape => shape.Any(static side => side < 0)))
        {
            // A graph for pictures of any size does not say how large its feature maps are; one run does.
            var pixels = new DenseTensor<float>([1, 3, preprocessing.Height, preprocessing.Width]);
            using var results = session.Run([NamedOnnxValue.CreateFromTensor(ModelOutputs.Input, pixels)], names);
            shapes = [.. results.Select(static result => result.AsTensor<float>().Dimensions[1..].ToArray())];
        }

        for (int i = 0; i < names.Length; i++)
        {
            if (shapes[i].Any(static side => side < 1) || shapes[i].Aggregate(1L, MultiplyUpTo) > Array.MaxLength)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{source}' has an output '{names[i]}' of the impossible shape [{string.Join(", ", shapes[i])}]. Convert the checkpoint again."));
            }
        }

        return [.. names.Zip(shapes, static (name, shape) => new ModelOutput(name, shape))];

        static long MultiplyUpTo(long product, int side) => Math.Min(product, int.MaxValue) * side;
    }

    private static string[] ReadLabels(ModelMetadata metadata, IReadOnlyList<ModelOutput> outputs, string source)
    {
        ModelOutput? scores =
            outputs.FirstOrDefault(static output => output.Name is ModelOutputs.Logits or ModelOutputs.Probabilities);
        if (scores is null)
        {
            return [.. metadata.Labels];
        }

        if (metadata.Labels.Count == 0)
        {
            return [.. Enumerable.Range(0, scores.Length).Select(static i => i.ToString(CultureInfo.InvariantCulture))];
        }

        if (metadata.Labels.Count != scores.Length)
        {
            throw new InvalidDataException(
                $"'{source}' has {scores.Length} classes but {metadata.Labels.Count} labels in its metadata. "
                + "Convert the checkpoint again with a file of one label a line.");
        }

        // ML.NET's keys have no room for a label that is empty or stands twice: those after it would move up.
        var taken = metadata.Labels.ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { "" };
        return [.. metadata.Labels.Select((label, index) => seen.Add(label) ? label : DistinctNames.Make(label, index, taken))];
    }

    private InferenceSession Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _runs++;
            return _session!;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _runs--;
            ReleaseWhereIdle();
        }
    }

    /// <summary>Releases the session of a disposed model that nobody runs. Under the lock.</summary>
    private void ReleaseWhereIdle()
    {
        if (_disposed && _runs == 0)
        {
            _session?.Dispose();
            _session = null;
        }
    }
}
