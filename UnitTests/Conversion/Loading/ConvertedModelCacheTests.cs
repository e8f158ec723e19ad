using System.Reflection;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ConvertedModelCacheTests : IDisposable
{
    private static readonly ConversionOptions Options = new() { Height = 64, Width = 64 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Every_option_is_part_of_the_name()
    {
        var others = new Dictionary<string, object?>
        {
            [nameof(ConversionOptions.Variant)] = "s",
            [nameof(ConversionOptions.Architecture)] = TestModels.Tiny.ToJson(),
            [nameof(ConversionOptions.Heads)] = 2,
            [nameof(ConversionOptions.StateDictKey)] = "ema",
            [nameof(ConversionOptions.Labels)] = new[] { "a" },
            [nameof(ConversionOptions.Preset)] = "timm",
            [nameof(ConversionOptions.Height)] = 96,
            [nameof(ConversionOptions.Width)] = 96,
            [nameof(ConversionOptions.Batch)] = 2,
            [nameof(ConversionOptions.DynamicSize)] = true,
            [nameof(ConversionOptions.Outputs)] = new[] { "logits" },
            [nameof(ConversionOptions.Precision)] = WeightPrecision.Float16,
            [nameof(ConversionOptions.Portable)] = true,
            [nameof(ConversionOptions.LayerNorm)] = LayerNormKind.Channels,
            [nameof(ConversionOptions.License)] = "mine",
        };
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string plain = ConvertedModelCache.FileName(checkpoint, Options);
        Assert.AreEqual(plain, ConvertedModelCache.FileName(checkpoint, Options with { Batch = null }));
        foreach (PropertyInfo property in typeof(ConversionOptions).GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var changed = Options with { };
            property.SetValue(changed, others[property.Name]);
            Assert.AreNotEqual(plain, ConvertedModelCache.FileName(checkpoint, changed), property.Name);
        }
    }

    [TestMethod]
    public void Everything_that_is_read_is_part_of_the_name()
    {
        string file = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny, "pytorch_model.bin");
        var names = new HashSet<string> { ConvertedModelCache.FileName(file, Options), ConvertedModelCache.FileName(_folder.Root, Options) };
        File.WriteAllText(_folder.PathOf("config.json"), "{}");
        names.Add(ConvertedModelCache.FileName(file, Options));
        File.WriteAllText(_folder.PathOf("preprocessor_config.json"), "");
        names.Add(ConvertedModelCache.FileName(file, Options));
        TestCheckpoint.Write(_folder, TestCheckpoint.Zip(TestModels.Tiny.WithClasses(3)), "pytorch_model.bin");
        names.Add(ConvertedModelCache.FileName(file, Options));

        Assert.HasCount(5, names);
        Assert.AreEqual(names.Last(), ConvertedModelCache.FileName(file, Options));
        Assert.IsTrue(names.All(static name => name.StartsWith("pytorch_model.", StringComparison.Ordinal)));
    }
}
