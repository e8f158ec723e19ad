using System.Text.Json;

namespace MlNetMobileViT.UnitTests;

/// <summary>From file to crop, against what PIL and torchvision made of the same files.</summary>
[TestClass]
[RequiresReference]
public sealed class ImagePreprocessorReferenceTests
{
    [TestMethod]
    [DataRow(PreprocessingPresets.Cvnets)]
    [DataRow(PreprocessingPresets.Timm)]
    [DataRow(PreprocessingPresets.Squash)]
    public void Every_photo_gives_the_golden_crop_bit_for_bit(string preset)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(preset));
        string[] photos = JsonSerializer.Deserialize<string[]>(File.ReadAllText(Reference.PathOf("golden", "photos.json")))!;
        Assert.HasCount(22, photos);
        byte[] crop = new byte[preprocessor.Length];
        foreach (string photo in photos)
        {
            preprocessor.Crop(Reference.PathOf("photos", photo), crop);
            string golden = $"{Path.GetFileNameWithoutExtension(photo)}.{preset}.png";
            Pixels.AreEqual(Pixels.ReadRgb(Reference.PathOf("golden", "crops", golden)), crop, golden);
        }
    }

    [TestMethod]
    [DataRow(PreprocessingPresets.CvnetsV2, "cvnets2", 22)]
    [DataRow(PreprocessingPresets.CvnetsV2At384, "cvnets2-384", 3)]
    [DataRow(PreprocessingPresets.TimmV2, "timm2", 2)]
    public void Photos_give_the_golden_crops_of_version_2_bit_for_bit(string preset, string golden, int count)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(preset));
        byte[] crop = new byte[preprocessor.Length];
        var crops = GoldenCrops.OfV2(golden).ToArray();
        Assert.HasCount(count, crops);
        foreach ((string photo, string file) in crops)
        {
            preprocessor.Crop(Reference.PathOf("photos", photo), crop);
            Pixels.AreEqual(Pixels.ReadRgb(file), crop, file);
        }
    }

    [TestMethod]
    public void Crops_of_timm_are_those_of_CVNets_where_margins_are_even()
    {
        ImagePreprocessor cvnets = new(PreprocessingPresets.Get(PreprocessingPresets.CvnetsV2)), timm = new(PreprocessingPresets.Get(PreprocessingPresets.TimmV2));
        byte[] expected = new byte[cvnets.Length], crop = new byte[timm.Length];
        string[] different = [.. GoldenCrops.PhotoNames().Where(photo =>
        {
            cvnets.Crop(Reference.PathOf("photos", photo), expected);
            timm.Crop(Reference.PathOf("photos", photo), crop);
            return !crop.AsSpan().SequenceEqual(expected);
        })];
        Assert.AreEqual("n01443537_goldfish.jpg n04146614_school_bus.jpg", string.Join(' ', different));
    }

    [TestMethod]
    [DataRow(PreprocessingPresets.Cvnets)]
    [DataRow(PreprocessingPresets.Timm)]
    [DataRow(PreprocessingPresets.Squash)]
    public void Every_decoded_photo_gives_the_golden_crop_without_our_decoder_of_jpeg(string preset)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(preset));
        string[] decoded = Directory.GetFiles(Reference.PathOf("golden", "decoded"), "*.png");
        Assert.HasCount(6, decoded);
        byte[] crop = new byte[preprocessor.Length];
        foreach (string path in decoded)
        {
            preprocessor.Crop(path, crop);
            string golden = $"{Path.GetFileNameWithoutExtension(path)}.{preset}.png";
            Pixels.AreEqual(Pixels.ReadRgb(Reference.PathOf("golden", "crops", golden)), crop, golden);
        }
    }

    /// <summary>
    /// PIL reads every file that has a golden crop. One of them SkiaSharp cannot (TIFF); all others must match to the bit.
    /// </summary>
    [TestMethod]
    [DataRow("3000x2.png")]
    [DataRow("alpha_gradient.png")]
    [DataRow("animated.gif")]
    [DataRow("cmyk.jpg")]
    [DataRow("exif_orientation_6.jpg")]
    [DataRow("gray16.png")]
    [DataRow("grayscale.jpg")]
    [DataRow("no_extension")]
    [DataRow("one_bit.png")]
    [DataRow("one_pixel.png")]
    [DataRow("palette.png")]
    [DataRow("photo.bmp")]
    [DataRow("photo.webp")]
    [DataRow("progressive.jpg")]
    [DataRow("rgb.png")]
    [DataRow("wrong_extension.png")]
    [DataRow("گربه ملوس é.jpg")]
    public void Readable_edge_file_gives_the_golden_crop_bit_for_bit(string name)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Cvnets));
        byte[] crop = new byte[preprocessor.Length];
        preprocessor.Crop(Reference.PathOf("edge", name), crop);
        string golden = Reference.PathOf("golden", "edge_crops", name + ".png");
        Pixels.AreEqual(Pixels.ReadRgb(golden), crop, name);
    }

    [TestMethod]
    [DataRow("bit_rot.jpg", "damaged")]
    [DataRow("zero_bytes.jpg", "it is empty")]
    [DataRow("text_named.jpg", "its content is not an image of a known format")]
    [DataRow("header_only.jpg", "cut off")]
    [DataRow("truncated.jpg", "its content is cut off or damaged")]
    [DataRow("photo.tiff", "it is TIFF, which is not supported; convert it to PNG or JPEG")]
    [DataRow("declares_60000x60000.png", "declares 60000×60000 pixels, more than the 178956970 that are accepted")]
    public void Unreadable_edge_file_is_an_error_that_names_file_and_reason(string name, string reason)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Cvnets));
        string path = Reference.PathOf("edge", name);
        var exception = Assert.ThrowsExactly<InvalidDataException>(
            () => preprocessor.Preprocess(path, new float[preprocessor.Length]));
        Assert.Contains($"'{path}'", exception.Message);
        Assert.Contains(reason, exception.Message);
    }
}
