using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MlNetMobileViT;

/// <summary>Turns the 8-bit crop into a model's input: channel order, scale to [0, 1], mean and standard deviation.</summary>
/// <remarks>
/// Every step is a single-precision operation in torchvision's order, <c>(x / 255 − mean) / std</c>, so the values are those of
/// <c>ToTensor</c> and <c>Normalize</c> to the last bit.
/// </remarks>
internal sealed class PixelNormalizer
{
    private readonly bool _isBgr;
    private readonly float[]? _mean;
    private readonly float[]? _std;

    public PixelNormalizer(ImagePreprocessing settings)
    {
        _isBgr = settings.ChannelOrder == ImageChannelOrder.Bgr;
        _mean = settings.Mean.Count == 0 ? null : [.. settings.Mean];
        _std = settings.Std.Count == 0 ? null : [.. settings.Std];
    }

    /// <summary>Normalises pixels.</summary>
    /// <param name="rgba">The pixels, 4 bytes each: red, green, blue, anything.</param>
    /// <param name="planes">Receives <c>[3, H, W]</c>.</param>
    public void Normalize(ReadOnlySpan<byte> rgba, Span<float> planes)
    {
        ReadOnlySpan<uint> pixels = MemoryMarshal.Cast<byte, uint>(rgba);
        for (int channel = 0; channel < 3; channel++)
        {
            int shift = 8 * (_isBgr ? 2 - channel : channel);
            Plane(pixels, shift, channel, planes.Slice(channel * pixels.Length, pixels.Length));
        }
    }

    private void Plane(ReadOnlySpan<uint> pixels, int shift, int channel, Span<float> plane)
    {
        float mean = _mean?[channel] ?? 0;
        float std = _std?[channel] ?? 1;
        int i = 0;
        for (; i <= pixels.Length - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            Vector256<int> values = ((Vector256.Create(pixels.Slice(i)) >>> shift) & Vector256.Create(255u)).AsInt32();
            Vector256<float> unit = Vector256.ConvertToSingle(values) / Vector256.Create(255f);
            if (_mean is not null)
            {
                unit -= Vector256.Create(mean);
            }

            if (_std is not null)
            {
                unit /= Vector256.Create(std);
            }

            unit.CopyTo(plane[i..]);
        }

        for (; i < pixels.Length; i++)
        {
            plane[i] = ((((pixels[i] >>> shift) & 255) / 255f) - mean) / std;
        }
    }
}
