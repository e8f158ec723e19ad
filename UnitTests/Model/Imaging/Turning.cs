namespace MlNetMobileViT.UnitTests;

/// <summary>Turning images upright, pixel by pixel, as PIL's <c>ImageOps.exif_transpose</c> does.</summary>
internal static class Turning
{
    /// <summary>The upright image of RGBA pixels that are stored with an EXIF orientation.</summary>
    public static (byte[] Rgba, int Width, int Height) Upright(byte[] stored, int width, int height, int orientation)
    {
        (int uprightWidth, int uprightHeight) = orientation >= 5 ? (height, width) : (width, height);
        byte[] upright = new byte[stored.Length];
        for (int y = 0; y < uprightHeight; y++)
        {
            for (int x = 0; x < uprightWidth; x++)
            {
                // EXIF 2.3, tag 0x0112: where the stored image's row 0 and column 0 are in the upright one.
                var (storedX, storedY) = orientation switch
                {
                    1 => (x, y),                            // top, left
                    2 => (width - 1 - x, y),                // top, right
                    3 => (width - 1 - x, height - 1 - y),   // bottom, right
                    4 => (x, height - 1 - y),               // bottom, left
                    5 => (y, x),                            // left, top
                    6 => (y, height - 1 - x),               // right, top
                    7 => (width - 1 - y, height - 1 - x),   // right, bottom
                    8 => (width - 1 - y, x),                // left, bottom
                    _ => throw new ArgumentOutOfRangeException(nameof(orientation)),
                };
                stored.AsSpan(((storedY * width) + storedX) * 4, 4).CopyTo(upright.AsSpan(((y * uprightWidth) + x) * 4));
            }
        }

        return (upright, uprightWidth, uprightHeight);
    }
}
