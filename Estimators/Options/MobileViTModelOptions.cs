using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT;

/// <summary>How ONNX Runtime runs a <see cref="MobileViTModel"/>, and how its calls for single images share the machine.</summary>
public sealed record MobileViTModelOptions
{
    /// <summary>
    /// The number of threads that ONNX Runtime uses within one run; 0 lets it choose. 1 by default: images are scored side by side on the
    /// threads of the pipeline, which have no need to wait for each other; several threads on one image do.
    /// </summary>
    public int IntraOpNumThreads { get; init; } = 1;

    /// <summary>
    /// The CUDA device to run the model on, such as 0; null, the default, for the CPU. It takes the package
    /// <c>Microsoft.ML.OnnxRuntime.Gpu</c> in place of <c>Microsoft.ML.OnnxRuntime</c>. With a GPU, raise
    /// <see cref="MobileViTScoringOptions.BatchSize"/> too.
    /// </summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>
    /// Whether to run on the CPU where <see cref="GpuDeviceId"/> cannot be used. False by default: loading the model throws then.
    /// </summary>
    public bool FallbackToCpu { get; init; }

    /// <summary>
    /// The most images that the model's own calls, such as <c>Classify</c> and <c>Featurize</c>, decode and score at once, from 0 to
    /// <see cref="MobileViTPreprocessingOptions.MaxThreads"/>; further calls wait for their turn. 0, the default, is the number of
    /// processors. Pipelines do not count: they have <see cref="MobileViTPreprocessingOptions.Threads"/>.
    /// </summary>
    public int MaxConcurrency { get; init; }

    /// <summary>How the model's own calls decode images: EXIF orientation and the limit of pixels. Pipelines have options of their own.</summary>
    public ImageDecodingOptions Decoding { get; init; } = new();

    /// <summary>
    /// Changes the session options before the session is created; the place for execution providers other than CUDA. It is called
    /// once more where a GPU could not be used.
    /// </summary>
    public Action<SessionOptions>? ConfigureSession { get; init; }

    internal int ConcurrentImages => MaxConcurrency == 0 ? Environment.ProcessorCount : MaxConcurrency;

    /// <summary>Checks that the values are in range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(IntraOpNumThreads);
        ArgumentOutOfRangeException.ThrowIfNegative(GpuDeviceId ?? 0, nameof(GpuDeviceId));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxConcurrency);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxConcurrency, MobileViTPreprocessingOptions.MaxThreads);
        ArgumentNullException.ThrowIfNull(Decoding);
        Decoding.Validate();
    }
}
