using MlNetMobileViT.Conversion;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class PublishedWeightsTests
{
    [TestMethod]
    public void Every_row_holds_together()
    {
        Assert.HasCount(PublishedWeights.All.Count, PublishedWeights.All.Select(static weights => weights.Name).Distinct());
        Assert.HasCount(PublishedWeights.All.Count, PublishedWeights.All.Select(static weights => weights.Address).Distinct());
        Assert.HasCount(PublishedWeights.All.Count, PublishedWeights.All.Select(static weights => weights.File).Distinct());
        CollectionAssert.AreEqual(
            PublishedWeights.All.Select(static weights => weights.Name).ToArray(), OfficialWeights.Names.ToArray());
        foreach (PublishedWeights weights in PublishedWeights.All)
        {
            Assert.AreEqual("https", weights.Address.Scheme);
            StringAssert.EndsWith(weights.Address.AbsolutePath, ".pt");
            Assert.AreEqual(weights, PublishedWeights.Find(weights.Name));
            Assert.AreEqual(1000, MobileViTVariants.Get(weights.Variant).Classes);
            Assert.AreEqual(weights.Name.EndsWith("-384", StringComparison.Ordinal) ? 384 : 256, PreprocessingPresets.Get(weights.Preset).Height);
            Assert.IsTrue(weights.Top1 is > 50 and < 100);
            Assert.IsTrue(weights.Logits.Count is 0 or 3);

            ConversionOptions options = OfficialWeights.ConversionOptionsFor(weights.Name);
            options.Validate();
            Assert.AreEqual(weights.Variant, options.Variant);
            Assert.AreEqual(weights.Preset, options.Preset);
            Assert.AreEqual(LayerNormKind.Channels, options.LayerNorm);
        }

        string[] withLogits = [.. PublishedWeights.All.Where(static weights => weights.Logits.Count > 0).Select(static weights => weights.Name)];
        Assert.AreEqual("xxs xs s v2-1.0", string.Join(' ', withLogits));
        Assert.IsNull(PublishedWeights.Find("xl"));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => PublishedWeights.Get("xl")).Message, "'xl'; the names are xxs, xs, s");
    }

    [TestMethod]
    [DataRow("v2-0.5", "imagenet1k/256x256/mobilevitv2-0.5.pt", "mobilevitv2-0.5.pt", 70.18)]
    [DataRow("v2-1.0-384", "imagenet1k/384x384/mobilevitv2-1.0.pt", "mobilevitv2-1.0-384.pt", 79.68)]
    [DataRow("v2-1.75-21k", "imagenet21k_to_1k/256x256/mobilevitv2-1.75.pt", "mobilevitv2-1.75-21k.pt", 81.94)]
    [DataRow("v2-2.0-21k-384", "imagenet21k_to_1k/384x384/mobilevitv2-2.0.pt", "mobilevitv2-2.0-21k-384.pt", 83.41)]
    public void Weights_of_version_2_have_the_published_addresses(string name, string address, string file, double top1)
    {
        PublishedWeights weights = PublishedWeights.Get(name);
        Assert.AreEqual(
            "https://docs-assets.developer.apple.com/ml-research/models/cvnets-v2/classification/mobilevitv2/" + address, weights.Address.AbsoluteUri);
        Assert.AreEqual(file, weights.File);
        Assert.AreEqual(top1, weights.Top1);
    }

    [TestMethod]
    public void The_names_in_words_are_the_names()
    {
        string[] widths = ["0.5", "0.75", "1.0", "1.25", "1.5", "1.75", "2.0"];
        string[] names =
        [
            "xxs", "xs", "s",
            .. from width in widths
               from data in width is "1.5" or "1.75" or "2.0" ? "|-21k".Split('|') : [""]
               from size in "|-384".Split('|')
               select $"v2-{width}{data}{size}",
        ];
        CollectionAssert.AreEqual(names, OfficialWeights.Names.ToArray());
    }

    [TestMethod]
    public async Task Logits_of_other_preprocessing_are_not_compared()
    {
        using var folder = new TemporaryFolder();
        string model = folder.PathOf("model.onnx"), photo = folder.PathOf(PublishedWeights.ImageName);
        string checkpoint = TestCheckpoint.Write(folder, TestCheckpoint.Zip(MobileViTVariants.Get("v2-1.0")));
        File.Copy(Reference.InRepository("Tool", "Demo", "samples", "red_ring.jpg"), photo);
        (await CommandRun.Of("convert", checkpoint, "-o", model)).AssertSucceeded();
        (await CommandRun.Of("verify", model, "--image", photo)).AssertRefused("another preprocessing", "--preset huggingface-v2");
        (await CommandRun.Of("convert", checkpoint, "-o", model, "--preset", "huggingface-v2")).AssertSucceeded();
        var run = await CommandRun.Of("verify", model, "--image", photo);
        Assert.AreEqual(ExitCodes.SomeFailed, run.ExitCode, run.Error);
        StringAssert.Contains(run.Output, "expected -1.6336, -0.0732, -0.5188");
    }

    [TestMethod]
    public async Task The_published_logits_are_compared_for_the_photograph_that_they_are_of()
    {
        using var folder = new TemporaryFolder();
        string model = folder.PathOf("model.onnx"), photo = folder.PathOf(PublishedWeights.ImageName);
        (await CommandRun.Of("convert", TestCheckpoint.Write(folder, TestCheckpoint.Xxs), "-o", model)).AssertSucceeded();
        File.Copy(Reference.InRepository("Tool", "Demo", "samples", "red_ring.jpg"), photo);
        var run = await CommandRun.Of("verify", model, "--image", photo);
        Assert.AreEqual(ExitCodes.SomeFailed, run.ExitCode, run.Error);
        StringAssert.Contains(run.Output, "expected -1.9364, -1.2327, -0.4653");
    }
}
