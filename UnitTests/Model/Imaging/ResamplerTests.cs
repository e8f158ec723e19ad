using System.Buffers;

namespace MlNetMobileViT.UnitTests;

/// <summary>Every kernel against the plain oracle, bit for bit, over sizes, filters, crops and orientations.</summary>
[TestClass]
public sealed class ResamplerTests
{
    private delegate void Resample(
        in PixelBuffer image, ImageOrientation orientation, in CropPlan plan, ImageInterpolation filter, Span<byte> crop);

    private static readonly Dictionary<string, Resample> Kernels = new()
    {
        ["fastest"] = Resampler.Resample,
        ["avx2"] = Resampler.Resample<Avx2ResamplingKernel>,
        ["vector128"] = Resampler.Resample<Vector128ResamplingKernel>,
        ["scalar"] = Resampler.Resample<ScalarResamplingKernel>,
    };

    [TestMethod]
    [DataRow("fastest")]
    [DataRow("avx2")]
    [DataRow("vector128")]
    [DataRow("scalar")]
    public void Any_crop_of_any_size_equals_the_crop_of_the_whole_resize(string kernel)
    {
        SkipUnlessSupported(kernel);
        var random = new Random(20251123);
        for (int trial = 0; trial < 150; trial++)
        {
            int width = Size(random, 90), height = Size(random, 90);
            int newWidth = Size(random, 60), newHeight = Size(random, 60);
            int cropWidth = random.Next(1, newWidth + 1), cropHeight = random.Next(1, newHeight + 1);
            int left = random.Next(newWidth - cropWidth + 1), top = random.Next(newHeight - cropHeight + 1);
            bool bicubic = random.Next(2) == 1;
            byte[] rgba = Pixels.Draw(width, height, trial);
            byte[] resized = PlainResize.Resize(rgba, width, height, newWidth, newHeight, bicubic);
            byte[] expected = PlainResize.Crop(resized, newWidth, left, top, cropWidth, cropHeight);
            var plan = new CropPlan(new(width, newWidth, left, cropWidth), new(height, newHeight, top, cropHeight));

            byte[] actual = Run(kernel, rgba, width, height, ImageOrientation.Upright, plan, bicubic);

            Pixels.AreEqual(expected, actual, $"trial {trial}, {plan}, bicubic {bicubic}");
        }
    }

    [TestMethod]
    [DataRow("fastest")]
    [DataRow("avx2")]
    [DataRow("vector128")]
    [DataRow("scalar")]
    public void Any_orientation_equals_turning_the_image_first(string kernel)
    {
        SkipUnlessSupported(kernel);
        var random = new Random(42);
        for (int trial = 0; trial < 120; trial++)
        {
            int orientation = 1 + (trial % 8);
            int storedWidth = Size(random, 70), storedHeight = Size(random, 70);
            byte[] stored = Pixels.Draw(storedWidth, storedHeight, trial);
            var (upright, width, height) = Turning.Upright(stored, storedWidth, storedHeight, orientation);
            int newWidth = Size(random, 50), newHeight = Size(random, 50);
            int cropWidth = random.Next(1, newWidth + 1), cropHeight = random.Next(1, newHeight + 1);
            int left = random.Next(newWidth - cropWidth + 1), top = random.Next(newHeight - cropHeight + 1);
            bool bicubic = random.Next(2) == 1;
            byte[] resized = PlainResize.Resize(upright, width, height, newWidth, newHeight, bicubic);
            byte[] expected = PlainResize.Crop(resized, newWidth, left, top, cropWidth, cropHeight);
            var plan = new CropPlan(new(width, newWidth, left, cropWidth), new(height, newHeight, top, cropHeight));

            byte[] actual = Run(
                kernel, stored, storedWidth, storedHeight, ImageOrientation.FromExif(orientation), plan, bicubic);

            Pixels.AreEqual(expected, actual, $"trial {trial}, orientation {orientation}, {plan}, bicubic {bicubic}");
        }
    }

    [TestMethod]
    [DataRow(500, 375, false)]
    [DataRow(375, 500, true)]
    [DataRow(640, 31, true)]
    [DataRow(256, 256, false)]
    public void Usual_sizes_equal_the_plain_resize(int width, int height, bool bicubic)
    {
        byte[] rgba = Pixels.Draw(width, height, width);
        byte[] expected = PlainResize.Resize(rgba, width, height, 256, 256, bicubic);
        var plan = new CropPlan(new(width, 256, 0, 256), new(height, 256, 0, 256));
        foreach (string kernel in Kernels.Keys.Where(IsSupported))
        {
            Pixels.AreEqual(expected, Run(kernel, rgba, width, height, ImageOrientation.Upright, plan, bicubic), kernel);
        }
    }

    [TestMethod]
    [DataRow(40_000, 3, 1)]
    [DataRow(3, 40_000, 1)]
    [DataRow(40_000, 3, 6)]
    [DataRow(3, 40_000, 8)]
    public void Extreme_images_are_done_in_blocks_with_the_same_result(int storedWidth, int storedHeight, int orientation)
    {
        byte[] stored = Pixels.Draw(storedWidth, storedHeight, 7);
        var (upright, width, height) = Turning.Upright(stored, storedWidth, storedHeight, orientation);
        byte[] expected = PlainResize.Resize(upright, width, height, 128, 8, bicubic: true);
        var plan = new CropPlan(new(width, 128, 0, 128), new(height, 8, 0, 8));

        byte[] actual = Run(
            "fastest", stored, storedWidth, storedHeight, ImageOrientation.FromExif(orientation), plan, bicubic: true);

        Pixels.AreEqual(expected, actual, "extreme");
    }

    [TestMethod]
    public void A_crop_of_a_resize_to_28_800_000_columns_costs_what_the_crop_costs()
    {
        // 100,000×1 by CVNets' preset: 28,800,000 columns, of which 256 are kept: they lie within 4 input pixels.
        byte[] rgba = Pixels.Formula(100_000, 1);
        var settings = PreprocessingPresets.Get(PreprocessingPresets.Cvnets);
        var plan = CropPlan.Create(settings, 100_000, 1);
        Assert.AreEqual(28_800_000, plan.Horizontal.Output);
        byte[] actual = Run("fastest", rgba, 100_000, 1, ImageOrientation.Upright, plan, bicubic: false);

        byte[] expected = PlainResize.Crop(
            PlainResize.ResizeColumns(rgba, 100_000, 1, 28_800_000, 14_399_872, 256, 288, bicubic: false), 256, 0, 16, 256, 256);
        Pixels.AreEqual(expected, actual, "100000×1");
    }

    [TestMethod]
    public void Resampling_allocates_nothing_once_its_buffers_are_pooled()
    {
        byte[] rgba = Pixels.Draw(500, 375, 1);
        var settings = PreprocessingPresets.Get(PreprocessingPresets.Cvnets);
        var plan = CropPlan.Create(settings, 500, 375);
        byte[] crop = new byte[256 * 256 * 4];
        long least = long.MaxValue;

        // The smallest of several, because a garbage collection of another test may empty the pool in between.
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            using (var image = Load(rgba, 500, 375))
            {
                Resampler.Resample(image, ImageOrientation.Upright, plan, ImageInterpolation.Bilinear, crop);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.AreEqual(0, least);
    }

    [TestMethod]
    [RequiresReference]
    public void The_plain_oracle_itself_gives_the_golden_crops()
    {
        foreach (string name in new[] { "n01871265_tusker", "n02815834_beaker" })
        {
            string path = Reference.PathOf("golden", "decoded", name + ".png");
            byte[] rgb = Pixels.ReadRgb(path);
            byte[] rgba = Enumerable.Range(0, rgb.Length / 3)
                .SelectMany(i => new[] { rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2], (byte)255 }).ToArray();
            var (width, height) = name.EndsWith("tusker", StringComparison.Ordinal) ? (75, 56) : (320, 221);
            foreach (var (preset, shorter, bicubic) in new[] { ("cvnets", 288, false), ("timm", 284, true) })
            {
                int newWidth = shorter * width / height;
                byte[] resized = PlainResize.Resize(rgba, width, height, newWidth, shorter, bicubic);
                int left = preset == "timm"
                    ? (int)Math.Round((newWidth - 256) / 2.0, MidpointRounding.ToEven)
                    : (newWidth - 256) / 2;
                byte[] crop = PlainResize.Crop(resized, newWidth, left, (shorter - 256) / 2, 256, 256);
                byte[] golden = Pixels.ReadRgb(Reference.PathOf("golden", "crops", $"{name}.{preset}.png"));
                Pixels.AreEqual(golden, Pixels.DropAlpha(crop), $"{name}.{preset}");
            }
        }
    }

    private static int Size(Random random, int largest) =>
        random.Next(4) == 0 ? random.Next(1, 6) : random.Next(1, largest + 1);

    private static bool IsSupported(string kernel) => kernel switch
    {
        "avx2" => Avx2ResamplingKernel.IsSupported,
        "vector128" => Vector128ResamplingKernel.IsSupported,
        _ => true,
    };

    private static void SkipUnlessSupported(string kernel)
    {
        if (!IsSupported(kernel))
        {
            Assert.Inconclusive($"This processor has no {kernel}.");
        }
    }

    private static byte[] Run(
        string kernel, byte[] rgba, int width, int height, ImageOrientation orientation, in CropPlan plan, bool bicubic)
    {
        byte[] crop = new byte[plan.Horizontal.Count * plan.Vertical.Count * 4];
        using var image = Load(rgba, width, height);
        Kernels[kernel](
            image, orientation, plan, bicubic ? ImageInterpolation.Bicubic : ImageInterpolation.Bilinear, crop);
        return crop;
    }

    private static PixelBuffer Load(byte[] rgba, int width, int height)
    {
        var image = new PixelBuffer(ArrayPool<byte>.Shared, width, height);
        rgba.CopyTo(image.Bytes);
        return image;
    }
}
