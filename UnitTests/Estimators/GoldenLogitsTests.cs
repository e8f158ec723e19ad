using System.Text.Json;
using Microsoft.ML;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>From the file of a photo to its logits, against the official implementation's.</summary>
[TestClass]
[RequiresReference]
public sealed class GoldenLogitsTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("mobilevit_xxs.pt", "mobilevit_xxs", "cvnets")]
    [DataRow("mobilevit_xxs.timm.safetensors", "mobilevit_xxs", "timm")]
    [DataRow("mobilevit_xxs.pt", "mobilevit_xxs", "squash")]
    [DataRow("mobilevit_xs.pt", "mobilevit_xs", "cvnets")]
    [DataRow("mobilevit_s.pt", "mobilevit_s", "cvnets")]
    public void Photos_get_the_references_logits_and_top_five(string checkpoint, string name, string preset)
    {
        using var folder = new TemporaryFolder();
        string modelFile = folder.PathOf("model.onnx");
        MobileViTConverter.Convert(
            Reference.PathOf("checkpoints", checkpoint), modelFile, new ConversionOptions { Preset = preset });
        using MobileViTModel model = MobileViTModel.Load(modelFile);
        string[] photos = JsonSerializer.Deserialize<string[]>(File.ReadAllText(Reference.PathOf("golden", "photos.json")))!;
        var golden = NpyFile.Read(Reference.PathOf("golden", $"{name}.{preset}.logits.npy"));
        IDataView data = _mlContext.Data.LoadFromEnumerable(photos.Select(static photo => new ImageRow { Path = photo }));

        ScoredRow[] rows = _mlContext.Score(data, model, new() { ImageFolder = Reference.PathOf("photos") });

        Assert.HasCount(22, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.IsLessThanOrEqualTo(5e-4, Numbers.MaxDifference(golden.Row(i), rows[i].Logits), photos[i]);
            CollectionAssert.AreEqual(Numbers.Top(golden.Row(i), 5), Numbers.Top(rows[i].Logits, 5), photos[i]);
        }
    }
}
