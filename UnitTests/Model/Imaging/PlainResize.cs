namespace MlNetMobileViT.UnitTests;

/// <summary>
/// PIL's <c>Image.resize</c> for 8-bit channels, written down plainly and separately from the library as its oracle: the
/// whole image, coefficients computed per pixel, one loop for both axes. That it is PIL's is checked by the goldens.
/// </summary>
internal static class PlainResize
{
    /// <summary>Resizes RGBA pixels: along the rows, then along the columns.</summary>
    public static byte[] Resize(byte[] rgba, int width, int height, int newWidth, int newHeight, bool bicubic) =>
        ResizeColumns(rgba, width, height, newWidth, 0, newWidth, newHeight, bicubic);

    /// <summary>The columns from <paramref name="left"/> on, as many as given, of a resized image.</summary>
    public static byte[] ResizeColumns(
        byte[] rgba, int width, int height, int newWidth, int left, int columns, int newHeight, bool bicubic)
    {
        byte[] wide = newWidth == width && columns == width
            ? rgba
            : Pass(rgba, width, newWidth, left, columns, height, bicubic, (along, across, size) => (across * size) + along);
        return newHeight == height
            ? wide
            : Pass(wide, height, newHeight, 0, newHeight, columns, bicubic, (along, across, _) => (along * columns) + across);
    }

    /// <summary>A rectangle of an image.</summary>
    public static byte[] Crop(byte[] rgba, int width, int left, int top, int cropWidth, int cropHeight)
    {
        byte[] crop = new byte[cropWidth * cropHeight * 4];
        for (int y = 0; y < cropHeight; y++)
        {
            Array.Copy(rgba, (((top + y) * width) + left) * 4, crop, y * cropWidth * 4, cropWidth * 4);
        }

        return crop;
    }

    private static byte[] Pass(
        byte[] pixels, int length, int newLength, int first, int count, int others, bool bicubic, Func<int, int, int, int> index)
    {
        byte[] result = new byte[count * others * 4];
        double scale = (double)length / newLength;
        double stretch = scale > 1 ? scale : 1;
        double support = (bicubic ? 2 : 1) * stretch;
        for (int output = 0; output < count; output++)
        {
            double centre = (first + output + 0.5) * scale;
            int start = (int)(centre - support + 0.5);
            start = start < 0 ? 0 : start;
            int end = (int)(centre + support + 0.5);
            end = end > length ? length : end;
            var weights = new List<double>();
            double sum = 0;
            for (int input = start; input < end; input++)
            {
                double weight = Filter((input - centre + 0.5) * (1 / stretch), bicubic);
                weights.Add(weight);
                sum += weight;
            }

            int[] fixedPoint = weights
                .Select(weight => sum == 0 ? weight : weight / sum)
                .Select(weight => (int)((weight < 0 ? -0.5 : 0.5) + (weight * 4194304)))
                .ToArray();
            for (int other = 0; other < others; other++)
            {
                for (int channel = 0; channel < 4; channel++)
                {
                    int total = 2097152;
                    for (int i = 0; i < fixedPoint.Length; i++)
                    {
                        total += pixels[(index(start + i, other, length) * 4) + channel] * fixedPoint[i];
                    }

                    int value = total >> 22;
                    result[(index(output, other, count) * 4) + channel] =
                        (byte)(value < 0 ? 0 : value > 255 ? 255 : value);
                }
            }
        }

        return result;
    }

    private static double Filter(double x, bool bicubic)
    {
        x = x < 0 ? -x : x;
        if (!bicubic)
        {
            return x < 1 ? 1 - x : 0;
        }

        return x < 1 ? (((1.5 * x) - 2.5) * x * x) + 1 : x < 2 ? ((((x - 5) * x) + 8) * x - 4) * -0.5 : 0;
    }
}
