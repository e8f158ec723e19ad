using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT;

/// <summary>Creates ONNX Runtime's sessions for model files.</summary>
internal static class SessionFactory
{
    /// <summary>The setting by which 8-bit models give the same numbers on x64 processors without VNNI, if more slowly.</summary>
    internal const string ExactByteProducts = "session.x64quantprecision";

    /// <summary>Creates a session.</summary>
    /// <param name="bytes">The ONNX file.</param>
    /// <param name="source">What it was read from, for the messages of errors.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="DllNotFoundException">ONNX Runtime's native library is missing.</exception>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model.</exception>
    /// <exception cref="InvalidOperationException">The GPU cannot be used, and the options do not fall back to the CPU.</exception>
    public static InferenceSession Create(ReadOnlyMemory<byte> bytes, string source, MobileViTModelOptions options)
    {
        NativeOnnxRuntime.ThrowIfMissing();
        byte[] file = MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array) && array.Count == array.Array!.Length
            ? array.Array
            : bytes.ToArray();
        InferenceSession? session = TryCreate(file, options, options.GpuDeviceId, out Exception? failure);
        if (session is null && options.GpuDeviceId is { } device)
        {
            // What fails on the CPU too is the fault of the file.
            Exception failureOnGpu = failure!;
            session = TryCreate(file, options, device: null, out failure);
            if (session is not null && !options.FallbackToCpu)
            {
                session.Dispose();
                throw new InvalidOperationException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{source}' cannot run on the CUDA device {device} ({OneLine(failureOnGpu.Message)}): the application needs the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime, and the machine that device with CUDA and cuDNN; or set FallbackToCpu."),
                    failureOnGpu);
            }
        }

        return session ?? throw UnreadableModel.Error(source, bytes.Span, failure!);
    }

    private static InferenceSession? TryCreate(
        byte[] file, MobileViTModelOptions options, int? device, out Exception? failure)
    {
        using var session = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpNumThreads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Threads that spin while they wait take the processors from those that decode.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (ByteProducts.Saturate)
        {
            session.AddSessionConfigEntry(ExactByteProducts, "1");
        }

        failure = null;
        try
        {
            if (device is { } id)
            {
                session.AppendExecutionProvider_CUDA(id);
            }
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException)
        {
            failure = exception;
            return null;
        }

        // Not caught: what the caller's own configuration throws is no fault of the file.
        options.ConfigureSession?.Invoke(session);
        try
        {
            return new InferenceSession(file, session);
        }
        catch (OnnxRuntimeException exception)
        {
            failure = exception;
            return null;
        }
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
