using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// The bytes of a converted file and the words of a message are the same wherever the program runs. The cultures are made by
/// hand: this project runs without those of the system, an application that uses the library does not.
/// </summary>
[TestClass]
public sealed class ConverterCultureTests
{
    [TestMethod]
    [DataRow("\u2212", ",", DisplayName = "sv-SE, nb-NO, fi-FI")]
    [DataRow("\u200E\u2212", "\u066B", DisplayName = "fa-IR")]
    [DataRow("\u061C-", "\u066B", DisplayName = "ar-SA")]
    public void The_culture_changes_nothing(string minus, string point)
    {
        using var folder = new TemporaryFolder();
        string checkpoint = TestCheckpoint.Write(folder, TestCheckpoint.Tiny);
        var expected = Results(folder, checkpoint);
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = minus;
        culture.NumberFormat.NumberDecimalSeparator = point;
        culture.NumberFormat.NumberGroupSeparator = "\u00A0";
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.AreEqual($"{minus}1", $"{-1}");
            var actual = Results(folder, checkpoint);
            Assert.HasCount(expected.Count, actual);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.AreEqual(expected[i], actual[i]);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    /// <summary>Files in hexadecimal, and messages.</summary>
    private static List<string> Results(TemporaryFolder folder, string checkpoint)
    {
        ConversionOptions[] ways =
        [
            new() { Height = 64, Width = 64 },
            new() { Height = 64, Width = 96, Portable = true, Precision = WeightPrecision.Float16 },
            new() { Height = 64, Width = 64, DynamicSize = true, Outputs = ModelOutputs.Stages, Preset = "timm" },
        ];
        List<string> results = [];
        foreach (ConversionOptions options in ways)
        {
            string output = folder.PathOf("model.onnx");
            MobileViTConverter.Convert(checkpoint, output, options);
            results.Add(Convert.ToHexString(File.ReadAllBytes(output)));
        }

        results.Add((PreprocessingPresets.Get("cvnets") with { Mean = [-0.5f, 0.25f, 0], Std = [0.5f, 1, 1] }).ToString());
        results.Add(Assert.ThrowsExactly<ArgumentException>(() => new ConversionOptions { Height = -32 }.Validate()).Message);
        results.Add(Assert.ThrowsExactly<ArgumentException>(() => new ConversionOptions { Batch = -1 }.Validate()).Message);
        TestTensor good = TestTensor.Of("w", [2, 3], 0, 1, 2, 3, 4, 5);
        foreach (TestTensor bad in new[] { good with { Shape = [-1] }, good with { Offset = -1 }, good with { Strides = [-1, 1] } })
        {
            string path = folder.PathOf("bad.pt");
            File.WriteAllBytes(path, CheckpointWriter.Zip(CheckpointWriter.StateDict(bad)));
            results.Add(Assert.ThrowsExactly<InvalidDataException>(() => Checkpoint.Open(path)).Message);
        }

        return results;
    }
}
