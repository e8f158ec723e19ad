using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Checkpoints of custom networks that lost tensors: just these are named, and none that are sound.</summary>
[TestClass]
internal sealed class DamagedCheckpointTests
{
    // All widths and ratios are others than in a published model. The depths of the transformers are not, as they are what a
    // transformer is taken to have that is lost.
    private static readonly MobileViTArchitecture Custom = new()
    {
        Backbone = new Backbone(StemChannels: 12,
        [
            TestModels.Stage(14, stride: 1, blocks: 1, expandRatio: 3),
            TestModels.Stage(20, stride: 2, blocks: 3, expandRatio: 3),
            TestModels.Stage(26, stride: 2, blocks: 1, expandRatio: 3, new(Dimension: 20, Layers: 2, FeedForward: 36)),
            TestModels.Stage(28, stride: 2, blocks: 1, expandRatio: 3, new(Dimension: 24, Layers: 4, FeedForward: 40)),
            TestModels.Stage(36, stride: 2, blocks: 1, expandRatio: 3, new(Dimension: 28, Layers: 3, FeedForward: 90)),
        ]),
        Head = new Classification(FeatureChannels: 44, Classes: 3),
    };

    [TestMethod]
    [DataRow("layer_3.1.")]
    [DataRow("layer_4.1.")]
    [DataRow("layer_5.1.")]
    [DataRow("layer_2.0.")]
    [DataRow("layer_2.1.")]
    [DataRow("layer_3.0.")]
    [DataRow("layer_4.0.")]
    [DataRow("layer_5.0.")]
    [DataRow("layer_4.0.block.exp_1x1.")]
    [DataRow("layer_4.0.block.red_1x1.")]
    [DataRow("layer_2.0.block.red_1x1.")]
    [DataRow("layer_3.1.local_rep.conv_3x3.")]
    public void A_part_that_is_lost_is_named(string part)
    {
        foreach (var layout in Enum.GetValues<CheckpointLayout>())
        {
            AssertNamed(Custom, layout, part);
        }
    }

    [TestMethod]
    [DataRow(CheckpointLayout.Cvnets)]
    [DataRow(CheckpointLayout.HuggingFace)]
    public void A_tensor_that_is_lost_or_has_another_shape_is_named(CheckpointLayout layout)
    {
        var whole = LayoutTensors.Zeros(Custom, layout).ToList();
        string[] starts = ["conv_1", "layer_2.0", "layer_3"], parts = [".block.norm.", "exp_1x1", "red_1x1"];
        string[] names =
        [
            .. Custom.Tensors().Where(spec => Array.Exists(starts, spec.Name.StartsWith) && Array.Exists(parts, spec.Name.Contains))
                .Where(static spec => spec.Kind != TensorKind.Counter).Select(spec => spec.Names.In(layout)[0]),
        ];
        Assert.IsGreaterThan(40, names.Length);
        foreach (TestTensor tensor in whole.Where(tensor => names.Contains(tensor.Name)))
        {
            var others = whole.Where(other => other.Name != tensor.Name).ToList();
            StringAssert.Contains(Refuse(others), $"layout: 1 tensor is missing: '{tensor.Name}'.");
            TestTensor wrong = tensor with { Shape = [tensor.Shape[0] / 2, .. tensor.Shape[1..]] };
            StringAssert.Contains(Refuse([.. others, wrong]), $"layout: 1 tensor has the wrong shape: '{tensor.Name}' is [");
        }
    }

    [TestMethod]
    public void A_block_that_is_lost_from_a_deeper_stage_is_named()
    {
        var network = TestModels.Replace(
            Custom, 3, TestModels.Stage(28, stride: 2, blocks: 2, expandRatio: 3, new(Dimension: 24, Layers: 4, FeedForward: 40)));
        foreach (string part in new[] { "layer_4.0.", "layer_4.1." })
        {
            AssertNamed(network, CheckpointLayout.Cvnets, part);
            AssertNamed(network, CheckpointLayout.Timm, part);
        }

        // Only here do the names of the blocks before a transformer say that there is one.
        AssertNamed(network, CheckpointLayout.HuggingFace, "layer_4.0.");
        AssertNamed(network, CheckpointLayout.HuggingFace, "layer_4.2.");
    }

    [TestMethod]
    public void Two_blocks_of_one_name_are_refused()
    {
        var network = TestModels.Replace(Custom, 4, [.. Custom.Backbone.Stages[4], Custom.Backbone.Stages[4][1]]);
        LayoutTensors.AssertRefused(
            LayoutTensors.Zeros(Custom, CheckpointLayout.HuggingFace),
            network,
            "in the huggingface layout two of its tensors have the name 'mobilevit.encoder.layer.4.conv_kxk.convolution.weight'");
        foreach (var layout in new[] { CheckpointLayout.Cvnets, CheckpointLayout.Timm })
        {
            Assert.AreEqual(network, LayoutTensors.Read(LayoutTensors.Zeros(network, layout), network).Architecture);
        }
    }

    private static void AssertNamed(MobileViTArchitecture network, CheckpointLayout layout, string part)
    {
        string[] lost =
        [
            .. network.Tensors().Where(spec => spec.Kind != TensorKind.Counter && spec.Name.StartsWith(part, StringComparison.Ordinal))
                .SelectMany(spec => spec.Names.In(layout)),
        ];
        string message = Refuse(LayoutTensors.Zeros(network, layout).Where(tensor => !lost.Contains(tensor.Name)));
        StringAssert.Contains(message, $"layout: {lost.Length} tensors are missing: '{lost[0]}'");
        StringAssert.DoesNotMatch(message, new("unexpected|wrong shape"));
    }

    private static string Refuse(IEnumerable<TestTensor> tensors)
    {
        using var folder = new TemporaryFolder();
        var checkpoint = LayoutTensors.Open(folder, tensors);
        return Assert.ThrowsExactly<InvalidDataException>(() => ModelWeights.Read(checkpoint)).Message;
    }
}
