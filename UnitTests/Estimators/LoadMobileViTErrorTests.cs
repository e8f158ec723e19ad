using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT.UnitTests;

/// <summary>The fast loader says what is wrong, and leaves nothing behind.</summary>
[TestClass]
public sealed class LoadMobileViTErrorTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Options_are_checked_whatever_the_pipeline_has()
    {
        using var images = new DrawnImages(1);
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(_mlContext.Transforms.CopyColumns("Copy", "Path").Fit(data), data.Schema, path);

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _mlContext.Model.LoadMobileViT(path, out _, new() { IntraOpNumThreads = -1 }));
    }

    [TestMethod]
    [DataRow("\"kind\":\"score\"", "\"kind\":\"scope\"")]
    [DataRow("\"kind\":\"score\"", "\"kind\":score!\"")]
    [DataRow("\"output_column_name\"", "\"output_column_mane\"")]
    [DataRow("\"model_length\":", "\"model_length\":9")]
    public void A_damaged_step_is_refused_and_everything_released(string text, string damaged)
    {
        using var images = new DrawnImages(2);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var pipeline = _mlContext.Transforms.ScoreImages("Logits", model, "Path")
            .Append(_mlContext.Transforms.FeaturizeImages("Features", model, "Path")).Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);
        Damage(path, text, damaged);
        // ML.NET's ONNX transforms keep their files here until they are disposed.
        string temporary = Directory.CreateDirectory(images.PathOf("temporary")).FullName;
        var mlContext = new MLContext { TempFilePath = temporary };

        var error = Assert.ThrowsExactly<InvalidDataException>(() => mlContext.Model.LoadMobileViT(path, out _));

        StringAssert.StartsWith(
            error.Message,
            $"'{path}' is not a pipeline that can be loaded: A MobileViT step of the saved pipeline cannot be read",
            StringComparison.Ordinal);
        Assert.IsEmpty(Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories));
    }

    [TestMethod]
    [DataRow("a.ort", true)]
    [DataRow("a.o1t", false)]
    public void ONNX_Runtime_takes_a_file_for_one_of_its_own_format_by_its_name(string name, bool isTaken)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf(name);
        File.WriteAllBytes(path, TinyModel.Bytes);

        if (isTaken)
        {
            var error = Assert.ThrowsExactly<OnnxRuntimeException>(() => new InferenceSession(path));
            Assert.IsTrue(UnreadablePipeline.IsTakenForOrtFormat(new InvalidOperationException("around", error)), error.Message);
        }
        else
        {
            new InferenceSession(path).Dispose();
        }

        File.WriteAllText(path = folder.PathOf("damaged.onnx"), "no model");
        var damaged = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(path));
        Assert.IsFalse(UnreadablePipeline.IsTakenForOrtFormat(damaged), damaged.Message);
    }

    /// <summary>Overwrites text of the second step inside its ONNX file, which keeps its length.</summary>
    private static void Damage(string path, string text, string damaged)
    {
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Update);
        int changed = 0;
        foreach (ZipArchiveEntry entry in archive.Entries.Where(static entry => entry.Name == "OnnxModel"))
        {
            using Stream stream = entry.Open();
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            int start = bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(text));
            if (start >= 0 && bytes.AsSpan().IndexOf("\"output_column_name\":\"Features\""u8) >= 0)
            {
                Encoding.UTF8.GetBytes(damaged).CopyTo(bytes, start);
                stream.Position = 0;
                stream.Write(bytes);
                changed++;
            }
        }

        Assert.AreEqual(1, changed);
    }
}
