using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
[RequiresReference]
internal sealed class ReferenceLayoutTests
{
    [TestMethod]
    [DataRow("mobilevit_xxs.timm.safetensors", CheckpointLayout.Timm, "timm", 0)]
    [DataRow("mobilevit_xxs.hf.safetensors", CheckpointLayout.HuggingFace, "cvnets", 32)]
    public void Layouts_of_the_same_weights_give_the_same_tensors(
        string file, CheckpointLayout layout, string preset, int skipped)
    {
        var official = Read("mobilevit_xxs.pt");
        Assert.AreEqual(CheckpointLayout.Cvnets, official.Layout);
        Assert.HasCount(32, official.Skipped);

        var other = Read(file);
        Assert.AreEqual(layout, other.Layout);
        Assert.AreEqual(preset, other.Architecture.Family.PresetOf(other.Layout));
        Assert.AreEqual(official.Architecture, other.Architecture);
        Assert.HasCount(skipped, other.Skipped);
        CollectionAssert.AreEquivalent(official.Tensors.Keys.ToArray(), other.Tensors.Keys.ToArray());
        foreach (var (name, values) in official.Tensors)
        {
            float[] expected = layout == CheckpointLayout.Timm && name == "conv_1.block.conv.weight"
                ? SwapRedAndBlue(values)
                : values;
            CollectionAssert.AreEqual(expected, other.Tensors[name], name);
        }
    }

    [TestMethod]
    [DataRow("xxs")]
    [DataRow("xs")]
    [DataRow("s")]
    public void Variants_are_recognised(string variant)
    {
        var weights = Read($"mobilevit_{variant}.pt");
        Assert.AreEqual(variant, weights.Variant);
        Assert.AreEqual(MobileViTVariants.Get(variant), weights.Architecture);
    }

    [TestMethod]
    public void The_class_count_comes_from_the_classifier() =>
        Assert.AreEqual(
            MobileViTVariants.Get(MobileViTVariants.Xxs).WithClasses(16),
            ModelWeights.Read(Checkpoint.Open(Reference.PathOf("demo", "mobilevit_xxs_shapes.pt"))).Architecture);

    private static ModelWeights Read(string file) =>
        ModelWeights.Read(Checkpoint.Open(Reference.PathOf("checkpoints", file)));

    /// <summary>[out, 3, 3, 3] with its input channels in the opposite order.</summary>
    private static float[] SwapRedAndBlue(float[] weight) =>
        [.. weight.Chunk(27).SelectMany(static filter => filter.Chunk(9).Reverse().SelectMany(static plane => plane))];
}
