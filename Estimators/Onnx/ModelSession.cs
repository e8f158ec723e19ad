using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlNetMobileViT;

/// <summary>
/// A model file, what it says about itself, and the graph in a session of ONNX Runtime, which is created when it is first needed:
/// a pipeline that is only described never needs it. Safe for use by many threads at once.
/// </summary>
internal sealed class ModelSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ReadOnlyMemory<byte> _bytes;
    private InferenceSession? _session;
    private int _runs;
    private volatile bool _disposed;

    /// <summary>Reads what the file says about itself.</summary>
    /// <param name="bytes">The file; it is kept, and must not change.</param>
    /// <param name="source">What it was read from: a path, or a description of the bytes.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The bytes are no model that the converter wrote.</exception>
    public ModelSession(ReadOnlyMemory<byte> bytes, string source, MobileViTModelOptions options)
    {
        options.Validate();
        _bytes = bytes;
        Source = source;
        Options = options;
        OnnxHeader header;
        try
        {
            header = OnnxHeader.Read(bytes.Span);
        }
        catch (InvalidDataException exception)
        {
            throw UnreadableModel.Error(source, bytes.Span, exception);
        }

        Description = ModelDescription.Create(header, source, Measure);
    }

    /// <summary>What the file says about itself.</summary>
    public ModelDescription Description { get; }

    /// <summary>What the model was loaded from: a path, or a description of the bytes.</summary>
    public string Source { get; }

    public MobileViTModelOptions Options { get; }

    /// <summary>The ONNX file.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _session is not null;
            }
        }
    }

    public bool IsDisposed => _disposed;

    /// <summary>Another session over the same bytes.</summary>
    public ModelSession Reload() => new(_bytes, Source, Options);

    /// <summary>Creates the session, if there is none yet.</summary>
    /// <exception cref="InvalidDataException">The file is no ONNX model that can be run.</exception>
    /// <exception cref="InvalidOperationException">The GPU cannot be used.</exception>
    /// <exception cref="DllNotFoundException">ONNX Runtime's native library is missing.</exception>
    public void Open()
    {
        Enter();
        Leave();
    }

    /// <summary>Runs the graph on tensors that the caller owns.</summary>
    public void Run(RunOptions runOptions, OrtIoBinding binding)
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

    public OrtIoBinding CreateBinding()
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

    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException("MobileViTModel", $"The model '{Source}' was disposed.");
        }
    }

    /// <summary>Releases the session once nobody runs it any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            ReleaseWhereIdle();
        }
    }

    /// <summary>The shapes of the outputs, in a session for this alone: who only wants to know needs neither a GPU nor the memory.</summary>
    private int[][] Measure(int[] inputShape)
    {
        using InferenceSession session = SessionFactory.Create(_bytes, Source, new MobileViTModelOptions());
        try
        {
            var pixels = new DenseTensor<float>(inputShape);
            using var results = session.Run([NamedOnnxValue.CreateFromTensor(ModelOutputs.Input, pixels)]);
            return [.. results.Select(static result => result.Value is Tensor<float> tensor ? tensor.Dimensions.ToArray() : [])];
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"'{Source}' is not a model that can be run: {exception.Message}", exception);
        }
    }

    private InferenceSession Enter()
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            _session ??= SessionFactory.Create(_bytes, Source, Options);
            _runs++;
            return _session;
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
