namespace MlNetMobileViT;

/// <summary>An image that somebody else has decoded.</summary>
/// <param name="bytes">Four bytes a pixel, row by row; the fourth is ignored.</param>
/// <param name="width">The width in pixels.</param>
/// <param name="height">The height in pixels.</param>
/// <param name="blueFirst">Whether a pixel's bytes are blue, green, red; otherwise they are red, green, blue.</param>
/// <param name="name">What to call the image in errors; null or empty for nothing.</param>
internal readonly ref struct DecodedPixels(ReadOnlySpan<byte> bytes, int width, int height, bool blueFirst, string? name)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public int Width { get; } = width;

    public int Height { get; } = height;

    public bool BlueFirst { get; } = blueFirst;

    public string? Name { get; } = name;

    /// <summary>Copies the pixels of a buffer's region into the buffer.</summary>
    public void CopyTo(in PixelBuffer destination)
    {
        PixelRegion region = destination.Region;
        int stride = region.Width * PixelBuffer.BytesPerPixel;
        for (int row = 0; row < region.Height; row++)
        {
            int first = (((region.Top + row) * Width) + region.Left) * PixelBuffer.BytesPerPixel;
            Bytes.Slice(first, stride).CopyTo(destination.Bytes[(row * stride)..]);
        }
    }
}
