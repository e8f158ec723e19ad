using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>A point of a picture is where the geometry says, in the crop that a model sees.</summary>
[TestClass]
public sealed class ImageGeometryTests
{
    private const int Mark = 3;

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void A_mark_in_the_stored_picture_is_where_the_crop_has_it(
        string preset, int width, int height, int modelWidth, int modelHeight, int orientation)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(preset, modelHeight, modelWidth));
        foreach ((double x, double y) in ((double, double)[])[(0.5, 0.5), (0.45, 0.52), (0.52, 0.46)])
        {
            (int left, int top) = ((int)(width * x), (int)(height * y));
            byte[] file = Picture(width, height, left, top, orientation);
            float[] pixels = new float[preprocessor.Length];
            ImageGeometry geometry = preprocessor.Preprocess(file, pixels);

            (double uprightX, double uprightY) = geometry.StoredToSource(left + (Mark / 2.0), top + (Mark / 2.0));
            (double expectedX, double expectedY) = geometry.SourceToModel(uprightX, uprightY);
            (double actualX, double actualY) = Centre(pixels, modelWidth, modelHeight);

            Assert.AreEqual(expectedX, actualX, 0.1, $"x of {left},{top}");
            Assert.AreEqual(expectedY, actualY, 0.1, $"y of {left},{top}");
            (double foundX, double foundY) = geometry.ModelToSource(actualX, actualY);
            (foundX, foundY) = geometry.SourceToStored(foundX, foundY);
            Assert.AreEqual(left + (Mark / 2.0), foundX, 0.3, $"x of {left},{top}");
            Assert.AreEqual(top + (Mark / 2.0), foundY, 0.3, $"y of {left},{top}");
            Assert.AreEqual(orientation >= 5 ? (height, width) : (width, height), (geometry.Width, geometry.Height));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Points_come_back_and_the_geometry_from_its_numbers(
        string preset, int width, int height, int modelWidth, int modelHeight, int orientation)
    {
        ImagePreprocessing settings = PreprocessingPresets.Get(preset, modelHeight, modelWidth);
        var geometry = ImageGeometry.Create(settings, width, height, orientation);

        Assert.AreEqual(orientation, geometry.ExifOrientation);
        Assert.AreEqual(geometry, ImageGeometry.Create(settings, geometry.Width, geometry.Height, geometry.ExifOrientation));
        for (double x = -3.25; x < width + 4; x += 7.5)
        {
            for (double y = -2.5; y < height + 4; y += 6.25)
            {
                AreClose((x, y), geometry.ModelToSource, geometry.SourceToModel);
                AreClose((x, y), geometry.SourceToModel, geometry.ModelToSource);
                AreClose((x, y), geometry.SourceToStored, geometry.StoredToSource);
                AreClose((x, y), geometry.StoredToSource, geometry.SourceToStored);
            }
        }

        static void AreClose(
            (double X, double Y) point,
            Func<double, double, (double X, double Y)> there,
            Func<double, double, (double X, double Y)> back)
        {
            (double x, double y) = there(point.X, point.Y);
            (double X, double Y) again = back(x, y);
            Assert.AreEqual(point.X, again.X, 1e-9);
            Assert.AreEqual(point.Y, again.Y, 1e-9);
        }
    }

    [TestMethod]
    public void Edges_are_edges()
    {
        ImagePreprocessing stretched = PreprocessingPresets.Get(PreprocessingPresets.Squash, 32, 32);
        ImagePreprocessing cropped = PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 32, 32);

        var whole = ImageGeometry.Create(stretched, 64, 48, exifOrientation: 6);
        var middle = ImageGeometry.Create(cropped, 72, 36, exifOrientation: 1);

        Assert.AreEqual((0.0, 0.0), whole.ModelToSource(0, 0));
        Assert.AreEqual((64.0, 48.0), whole.ModelToSource(32, 32));
        // Held to the right: what is stored at the top is upright at the right.
        Assert.AreEqual((0.0, 64.0), whole.SourceToStored(0, 0));
        Assert.AreEqual((48.0, 0.0), whole.SourceToStored(64, 48));
        // 36 pixels stay 36, of which 2 are cut off at either end; of 72, 20.
        Assert.AreEqual((20.0, 2.0), middle.ModelToSource(0, 0));
        Assert.AreEqual((52.0, 34.0), middle.ModelToSource(32, 32));
    }

    [TestMethod]
    public void An_orientation_that_is_not_applied_is_none()
    {
        byte[] file = Picture(61, 43, 30, 20, orientation: 6);
        var preprocessor = new ImagePreprocessor(
            PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 32, 32), new() { ApplyExifOrientation = false });

        ImageGeometry geometry = preprocessor.Preprocess(file, new float[preprocessor.Length]);

        Assert.AreEqual((61, 43), (geometry.Width, geometry.Height));
        Assert.AreEqual((3.5, 4.5), geometry.SourceToStored(3.5, 4.5));
    }

    public static IEnumerable<object[]> Cases =>
        from preset in (string[])[PreprocessingPresets.Cvnets, PreprocessingPresets.Timm, PreprocessingPresets.Squash]
        from size in ((int, int, int, int)[])[(61, 43, 32, 32), (43, 90, 24, 40)]
        from orientation in Enumerable.Range(1, 8)
        select new object[] { preset, size.Item1, size.Item2, size.Item3, size.Item4, orientation };

    /// <summary>A black picture with a white mark, as it is stored.</summary>
    private static byte[] Picture(int width, int height, int left, int top, int orientation)
    {
        byte[] rgba = new byte[4 * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool isMark = x >= left && x < left + Mark && y >= top && y < top + Mark;
                rgba.AsSpan(4 * ((y * width) + x), 4).Fill(isMark ? (byte)255 : (byte)0);
                rgba[(4 * ((y * width) + x)) + 3] = 255;
            }
        }

        byte[] exif = Encoded.Orientation(type: 3, [orientation], size: 2, littleEndian: true);
        return Encoded.WithExif(Pixels.EncodePng(rgba, width, height), SKEncodedImageFormat.Png, exif);
    }

    /// <summary>The centre of gravity of the white, in the plane of one channel.</summary>
    private static (double X, double Y) Centre(float[] pixels, int width, int height)
    {
        // What the normalisation makes of black weighs nothing.
        float black = pixels[0];
        double weight = 0, atX = 0, atY = 0;
        for (int i = 0; i < width * height; i++)
        {
            double white = pixels[i] - black;
            weight += white;
            atX += white * ((i % width) + 0.5);
            atY += white * ((i / width) + 0.5);
        }

        return (atX / weight, atY / weight);
    }
}
