namespace MlNetMobileViT;

/// <summary>The two inner loops of resampling pixels of four 8-bit channels. All kernels give the same bytes.</summary>
internal unsafe interface IResamplingKernel
{
    /// <summary>Whether this processor can run the kernel.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Resamples along one row: each output pixel is a weighted sum of neighbouring pixels.</summary>
    /// <param name="table">The coefficients; its inputs are pixels of the row.</param>
    /// <param name="source">The row, with <see cref="PixelBuffer.Slack"/> readable bytes behind it.</param>
    /// <param name="destination">As many pixels as the table has outputs.</param>
    static abstract void Horizontal(in ResamplingTable table, byte* source, byte* destination);

    /// <summary>Computes one row of outputs: a weighted sum of rows.</summary>
    /// <param name="table">The coefficients; its inputs are rows.</param>
    /// <param name="output">Which of the table's outputs to compute.</param>
    /// <param name="source">The first row.</param>
    /// <param name="stride">The bytes from one row to the next.</param>
    /// <param name="destination">The output row.</param>
    /// <param name="length">The bytes of the output row.</param>
    static abstract void Vertical(
        in ResamplingTable table, int output, byte* source, nint stride, byte* destination, int length);
}
