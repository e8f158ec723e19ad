using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT;

/// <summary>
/// Whether ONNX Runtime's native library is there. Which one it is, for the CPU or for a GPU, is the application's choice: this
/// library depends on the managed part alone.
/// </summary>
internal static class NativeOnnxRuntime
{
    /// <summary>Says what to do where there is none, before the first session is created.</summary>
    /// <exception cref="DllNotFoundException">There is none; the message names the packages.</exception>
    public static void ThrowIfMissing()
    {
        try
        {
            OrtEnv.Instance();
        }
        catch (Exception exception) when (exception.GetBaseException() is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException(
                "ONNX Runtime's native library is missing or does not belong to this version: add the package Microsoft.ML.OnnxRuntime "
                + "to the application's project, or Microsoft.ML.OnnxRuntime.Gpu for CUDA.",
                exception);
        }
    }
}
