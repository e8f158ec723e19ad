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
            StringAssert.EndsWith(weights.Folder.AbsoluteUri, "/");
            Assert.AreEqual(weights, PublishedWeights.Find(weights.Name));
            Assert.AreEqual(1000, MobileViTVariants.Get(weights.Variant).Classes);
            Assert.AreEqual(PreprocessingPresets.DefaultSide, PreprocessingPresets.Get(weights.Preset).Height);
            Assert.IsTrue(weights.Top1 is > 50 and < 100);
            Assert.HasCount(3, weights.Logits);

            ConversionOptions options = OfficialWeights.ConversionOptionsFor(weights.Name);
            options.Validate();
            Assert.AreEqual(weights.Variant, options.Variant);
            Assert.AreEqual(weights.Preset, options.Preset);
            Assert.AreEqual(LayerNormKind.Channels, options.LayerNorm);
        }

        Assert.IsNull(PublishedWeights.Find("xl"));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => PublishedWeights.Get("xl")).Message, "'xl'; the names are xxs, xs, s");
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
