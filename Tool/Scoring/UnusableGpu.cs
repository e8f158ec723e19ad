namespace MlNetMobileViT.Tool;

/// <summary>What the user of a command is told where a model cannot run on the GPU that was asked for.</summary>
internal static class UnusableGpu
{
    /// <summary>The library's message is for programmers: it names a package of their project, and an option that no command has.</summary>
    /// <param name="model">What the user calls the model.</param>
    /// <param name="device">The number of the GPU.</param>
    /// <param name="exception">What the library threw.</param>
    public static CommandException Error(string model, int device, InvalidOperationException exception) => new(
        Invariant(
            $"'{model}' cannot run on the CUDA device {device} ({Reason(exception)}): it takes a build of this program with the package Microsoft.ML.OnnxRuntime.Gpu, and the machine that device with CUDA and cuDNN; or --device cpu."),
        exception);

    private static string Reason(InvalidOperationException exception) => string.Join(
        ' ',
        (exception.InnerException ?? exception).Message
            .Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
