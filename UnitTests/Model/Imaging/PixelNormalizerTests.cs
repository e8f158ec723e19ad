namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class PixelNormalizerTests
{
    // 7 × 5: vectors and a rest. Every byte value occurs in the formula's picture of this width at some channel.
    private const int Width = 7;
    private const int Height = 5;

    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Std = [0.229f, 0.224f, 0.225f];

    [TestMethod]
    [DataRow(ImageChannelOrder.Rgb, false, false)]
    [DataRow(ImageChannelOrder.Bgr, false, false)]
    [DataRow(ImageChannelOrder.Rgb, true, true)]
    [DataRow(ImageChannelOrder.Bgr, true, true)]
    [DataRow(ImageChannelOrder.Rgb, true, false)]
    [DataRow(ImageChannelOrder.Bgr, false, true)]
    public void Planes_hold_x_over_255_less_mean_over_std_in_the_order_of_the_channels(
        ImageChannelOrder order, bool withMean, bool withStd)
    {
        var settings = new ImagePreprocessing
        {
            Resize = ImageResizeMode.Stretch,
            Width = Width,
            Height = Height,
            ChannelOrder = order,
            Mean = withMean ? Mean : [],
            Std = withStd ? Std : [],
        };
        byte[] rgba = Pixels.Formula(Width, Height);
        float[] planes = new float[3 * Width * Height];

        new PixelNormalizer(settings).Normalize(rgba, planes);

        for (int i = 0; i < planes.Length; i++)
        {
            int channel = i / (Width * Height), pixel = i % (Width * Height);
            float expected = rgba[(4 * pixel) + (order == ImageChannelOrder.Bgr ? 2 - channel : channel)] / 255f;
            expected = withMean ? expected - Mean[channel] : expected;
            expected = withStd ? expected / Std[channel] : expected;
            Assert.AreEqual(expected, planes[i], $"value {i}");
        }
    }

    [TestMethod]
    public void Every_byte_becomes_the_float_nearest_to_its_255th()
    {
        var settings = PreprocessingPresets.Get(PreprocessingPresets.Squash, 16, 16);
        byte[] rgba = Enumerable.Range(0, 256).SelectMany(i => Enumerable.Repeat((byte)i, 4)).ToArray();
        float[] planes = new float[3 * 256];

        new PixelNormalizer(settings).Normalize(rgba, planes);

        for (int i = 0; i < planes.Length; i++)
        {
            Assert.AreEqual((float)(i % 256 / 255.0), planes[i]);
        }
    }
}
