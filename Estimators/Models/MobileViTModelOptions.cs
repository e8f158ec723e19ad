using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT;

/// <summary>How ONNX Runtime runs a <see cref="MobileViTModel"/>.</summary>
public sealed record MobileViTModelOptions
{
    /// <summary>
    /// The number of threads that ONNX Runtime uses within one run; 0 lets it choose. 1 by default: images are scored side by side on the
    /// threads of the pipeline, which have no need to wait for each other; several threads on one image do.
    /// </summary>
    public int IntraOpNumThreads { get; init; } = 1;

    /// <summary>
    /// Changes the session options before the session is created; the place to add an execution provider, for example
    /// <c>options => options.AppendExecutionProvider_CUDA(0)</c>. With a GPU, raise
    /// <see cref="MobileViTScoringOptions.BatchSize"/> too.
    /// </summary>
    public Action<SessionOptions>? ConfigureSession { get; init; }

    /// <summary>Checks that the values are in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="IntraOpNumThreads"/> is negative.</exception>
    public void Validate() => ArgumentOutOfRangeException.ThrowIfNegative(IntraOpNumThreads);
}
