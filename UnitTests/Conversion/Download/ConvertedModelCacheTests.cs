using System.Reflection;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ConvertedModelCacheTests : IDisposable
{
    private static readonly ConversionOptions Options = new() { Height = 64, Width = 64 };
    private readonly TemporaryFolder _folder = new();
    private int _conversions;

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_model_is_converted_once_for_each_checkpoint_and_options()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string first = await GetAsync(checkpoint, Options);
        Assert.AreEqual(first, await GetAsync(checkpoint, Options));
        Assert.AreEqual(1, _conversions);

        string portable = await GetAsync(checkpoint, Options with { Portable = true });
        Assert.AreNotEqual(first, portable);
        Assert.AreEqual(2, _conversions);

        // Another checkpoint of the same name, as after a second download.
        TestCheckpoint.Write(_folder, TestCheckpoint.Zip(TestModels.Tiny.WithClasses(3)));
        Assert.AreNotEqual(first, await GetAsync(checkpoint, Options));
        Assert.AreEqual(3, _conversions);
        Assert.HasCount(4, Directory.GetFiles(_folder.Root));
    }

    [TestMethod]
    public async Task A_damaged_model_is_converted_again()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string model = await GetAsync(checkpoint, Options);
        byte[] good = File.ReadAllBytes(model);
        File.WriteAllBytes(model, good[..100]);
        Assert.AreEqual(model, await GetAsync(checkpoint, Options));
        Assert.HasCount(100, File.ReadAllBytes(model));
        Assert.AreEqual(model, await GetAsync(checkpoint, Options, again: true));
        CollectionAssert.AreEqual(good, File.ReadAllBytes(model));
    }

    [TestMethod]
    public async Task A_folder_that_cannot_be_written_is_an_error_with_a_way_out()
    {
        // A name that is too long for the temporary file stops root as well, which permissions do not.
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny, new string('n', 220) + ".pt");
        var error = await Assert.ThrowsExactlyAsync<IOException>(() => GetAsync(checkpoint, Options));
        StringAssert.Contains(error.Message, "cannot be written");
        StringAssert.Contains(error.Message, "MOBILEVIT_CACHE");
        Assert.HasCount(1, Directory.GetFiles(_folder.Root));
    }

    [TestMethod]
    public void Every_option_is_part_of_the_key()
    {
        var others = new Dictionary<string, object?>
        {
            [nameof(ConversionOptions.Variant)] = "s",
            [nameof(ConversionOptions.Architecture)] = TestModels.Tiny,
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
        string sha256 = new('0', 64);
        string plain = ConvertedModelCache.Key(sha256, Options);
        Assert.AreEqual(plain, ConvertedModelCache.Key(sha256, Options with { Batch = null }));
        Assert.AreNotEqual(plain, ConvertedModelCache.Key(new string('1', 64), Options));
        foreach (PropertyInfo property in typeof(ConversionOptions).GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var changed = Options with { };
            property.SetValue(changed, others[property.Name]);
            Assert.AreNotEqual(plain, ConvertedModelCache.Key(sha256, changed), property.Name);
        }
    }

    private Task<string> GetAsync(string checkpoint, ConversionOptions options, bool again = false) =>
        ConvertedModelCache.GetAsync(checkpoint, options, () => _conversions++, again, TestContext.CancellationToken);
}
