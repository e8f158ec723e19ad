using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
internal sealed class ModelWeightsTests
{
    private const CheckpointLayout Official = CheckpointLayout.Cvnets;

    private static readonly MobileViTArchitecture Tiny = TestModels.Tiny;

    [TestMethod]
    [DataRow(CheckpointLayout.Cvnets, "cvnets", PreprocessingPresets.Cvnets)]
    [DataRow(CheckpointLayout.Timm, "timm", PreprocessingPresets.Timm)]
    [DataRow(CheckpointLayout.HuggingFace, "huggingface", PreprocessingPresets.Cvnets)]
    public void Weights_are_the_same_whatever_the_layout(CheckpointLayout layout, string name, string preset)
    {
        var weights = LayoutTensors.Read(LayoutTensors.Formula(Tiny, layout));
        Assert.AreEqual(layout, weights.Layout);
        Assert.AreEqual(name, weights.Layout.GetName());
        Assert.AreEqual(preset, weights.Architecture.Family.PresetOf(weights.Layout));
        Assert.AreEqual(Tiny, weights.Architecture);
        Assert.AreEqual(MobileViTFamily.V1.Custom, weights.Variant);
        var expected = FormulaWeights.For(Tiny);
        CollectionAssert.AreEquivalent(expected.Keys, weights.Tensors.Keys.ToArray());
        foreach (var (tensor, values) in expected)
        {
            CollectionAssert.AreEqual(values, weights.Tensors[tensor], tensor);
        }
    }

    [TestMethod]
    [DataRow("xxs", 1000)]
    [DataRow("xxs", 16)]
    [DataRow("xs", 1)]
    [DataRow("s", 21)]
    public void Variants_are_recognised_whatever_the_number_of_classes(string variant, int classes)
    {
        var architecture = MobileViTVariants.Get(variant).WithClasses(classes);
        var weights = LayoutTensors.Read(LayoutTensors.Zeros(architecture, Official));
        Assert.AreEqual(architecture, weights.Architecture);
        Assert.AreEqual(variant, weights.Variant);
    }

    [TestMethod]
    public void Custom_widths_and_depths_are_recognised()
    {
        var xxs = MobileViTVariants.Get(MobileViTVariants.Xxs);
        MobileViTArchitecture[] customs =
        [
            xxs with { Backbone = xxs.Backbone with { StemChannels = 24 } },

            // 90 is no multiple of the 4 heads of the published models: whoever trained this knows how many it has.
            TestModels.Replace(xxs, 4, TestModels.Stage(80, stride: 2, blocks: 1, expandRatio: 2, new TransformerSpec(90, 3, 180))),
            TestModels.Change(xxs, static block => block is InvertedResidual mv2 ? mv2 with { ExpandRatio = 3 } : block),
            xxs with { Head = new Classification(FeatureChannels: 512, Classes: 7) },
            TestModels.Replace(xxs, 1, TestModels.Stage(24, stride: 2, blocks: 5, expandRatio: 2)),
            TestModels.Replace(xxs, 2, TestModels.Stage(56, stride: 2, blocks: 2, expandRatio: 2)),
            TestModels.Change(xxs, static block => block is InvertedResidual { Channels: 24, Stride: 1 } mv2 ? mv2 with { ExpandRatio = 5 } : block),
            TestModels.Change(xxs, static block => block.Channels < 48 ? block : block is MobileViT
                ? new MobileViT(block.Channels + 8, new TransformerSpec(block.Channels, 1, 3 * block.Channels))
                : block with { Channels = block.Channels + 8 }),
        ];
        foreach (var custom in customs)
        {
            foreach (var layout in Enum.GetValues<CheckpointLayout>())
            {
                Assert.AreEqual(custom, LayoutTensors.Read(LayoutTensors.Zeros(custom, layout)).Architecture);
            }
        }
    }

    [TestMethod]
    public void Counters_and_profilers_leavings_are_skipped_and_reported()
    {
        var tensors = LayoutTensors.Formula(Tiny, Official);
        tensors.Add(TestTensor.Of("total_ops", TensorDataType.Float64, [1], 5));
        tensors.Add(TestTensor.Of("conv_1.block.total_params", TensorDataType.Float64, [1], 5));
        var weights = LayoutTensors.Read(tensors);
        int counters = Tiny.Tensors().Count(spec => spec.Kind == TensorKind.Counter);
        Assert.HasCount(counters + 2, weights.Skipped);
        CollectionAssert.Contains(weights.Skipped.ToArray(), "conv_1.block.norm.num_batches_tracked");
        CollectionAssert.Contains(weights.Skipped.ToArray(), "conv_1.block.total_params");
    }

    [TestMethod]
    public void Weights_without_counters_are_whole() =>
        Assert.IsEmpty(LayoutTensors.Read(
            LayoutTensors.Formula(Tiny, Official).Where(tensor => !tensor.Name.EndsWith("num_batches_tracked"))).Skipped);

    [TestMethod]
    public void Everything_that_is_wrong_stands_in_one_sentence()
    {
        var tensors = LayoutTensors.Formula(MobileViTVariants.Get(MobileViTVariants.Xxs), Official);
        tensors.RemoveAll(tensor => tensor.Name is "layer_1.0.block.exp_1x1.block.conv.weight" or "classifier.fc.bias");
        Replace(tensors, "conv_1.block.norm.bias", tensor => tensor with { Shape = [4, 4] });
        Replace(tensors, "conv_1x1_exp.block.norm.weight", _ => TestTensor.Of("conv_1x1_exp.block.norm.weight", [2], 1, 2));
        Replace(tensors, "layer_2.0.block.exp_1x1.block.norm.bias", tensor =>
            TestTensor.Of(tensor.Name, TensorDataType.Int32, tensor.Shape, new float[tensor.Shape[0]]));
        tensors.Add(TestTensor.Of("layer_9.surprise", [1], 1));
        LayoutTensors.AssertRefused(
            tensors,
            null,
            "MobileViT-XXS in the cvnets layout",
            "2 tensors are missing: 'layer_1.0.block.exp_1x1.block.conv.weight', 'classifier.fc.bias'",
            "1 tensor is unexpected: 'layer_9.surprise'",
            "2 tensors have the wrong shape: 'conv_1.block.norm.bias' is [4, 4] instead of [16], "
            + "'conv_1x1_exp.block.norm.weight' is [2] instead of [320]",
            "1 tensor cannot be weights: 'layer_2.0.block.exp_1x1.block.norm.bias' holds int32");
    }

    [TestMethod]
    public void A_wrong_tensor_is_named_as_in_its_file()
    {
        var tensors = LayoutTensors.Formula(MobileViTVariants.Get(MobileViTVariants.Xxs), CheckpointLayout.HuggingFace);
        const string Key = "mobilevit.encoder.layer.3.transformer.layer.0.attention.attention.key.bias";
        const string Value = "mobilevit.encoder.layer.3.transformer.layer.0.attention.attention.value.bias";
        tensors.RemoveAll(tensor => tensor.Name == Key);
        Replace(tensors, Value, _ => TestTensor.Of(Value, [3], 1, 2, 3));
        LayoutTensors.AssertRefused(tensors, null, "huggingface layout", $"missing: '{Key}'", $"'{Value}' is [3] instead of [80]");
    }

    [TestMethod]
    public void Long_lists_are_cut_with_their_number()
    {
        var tensors = LayoutTensors.Formula(MobileViTVariants.Get(MobileViTVariants.Xxs), CheckpointLayout.Timm);
        tensors.RemoveAll(tensor => tensor.Name.StartsWith("stages.4."));
        tensors.AddRange(Enumerable.Range(0, 15).Select(index => TestTensor.Of($"more.{index}", [1], index)));
        LayoutTensors.AssertRefused(tensors, null, "tensors are missing: 'stages.4.0", "15 tensors are unexpected", "and 5 more");
    }

    [TestMethod]
    public void Another_variant_than_asked_for_is_refused()
    {
        var tensors = LayoutTensors.Zeros(MobileViTVariants.Get(MobileViTVariants.Xxs), Official);
        LayoutTensors.AssertRefused(
            tensors, MobileViTVariants.Get(MobileViTVariants.S), "does not fit MobileViT-S", "nearest to MobileViT-XXS");
    }

    [TestMethod]
    public void An_architecture_that_is_asked_for_takes_its_classes_from_the_weights() =>
        Assert.AreEqual(5, LayoutTensors.Read(LayoutTensors.Formula(Tiny, Official), Tiny.WithClasses(1000)).Architecture.Classes);

    [TestMethod]
    public void Other_networks_are_refused()
    {
        LayoutTensors.AssertRefused(
            [TestTensor.Of("layer1.0.conv1.weight", [1], 1), TestTensor.Of("fc.bias", [1], 1)],
            null,
            "no MobileViT", "'layer1.0.conv1.weight', 'fc.bias'");
        LayoutTensors.AssertRefused([TestTensor.Of("classifier.weight", [2, 2], 1, 2, 3, 4)], null, "missing");
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void Weights_of_a_diverged_training_are_refused(float value)
    {
        var tensors = LayoutTensors.Formula(Tiny, Official);
        Replace(tensors, "classifier.fc.bias", tensor => TestTensor.Of(tensor.Name, tensor.Shape, 1, 2, value, 4, 5));
        LayoutTensors.AssertRefused(tensors, null, "'classifier.fc.bias' holds NaN or infinity");
    }

    [TestMethod]
    public void A_negative_variance_is_refused()
    {
        var tensors = LayoutTensors.Formula(Tiny, Official);
        Replace(tensors, "conv_1.block.norm.running_var", tensor =>
            TestTensor.Of(tensor.Name, tensor.Shape, [.. Enumerable.Repeat(-1f, (int)tensor.Shape[0])]));
        LayoutTensors.AssertRefused(tensors, null, "'conv_1.block.norm.running_var' holds a negative variance");
    }

    [TestMethod]
    public void State_dicts_of_wrong_tensors_are_read_or_refused()
    {
        using var folder = new TemporaryFolder();
        int refused = 0;
        for (int seed = 0; seed < 120; seed++)
        {
            var layout = (CheckpointLayout)(seed % 3);
            var checkpoint = LayoutTensors.Open(folder, Mutate(LayoutTensors.Formula(Tiny, layout), seed));
            try
            {
                var weights = ModelWeights.Read(checkpoint);
                Assert.IsTrue(weights.Architecture.Tensors().All(spec =>
                    spec.Kind == TensorKind.Counter || weights.Tensors[spec.Name].Length == spec.ElementCount));
            }
            catch (InvalidDataException exception)
            {
                refused++;
                RefusedFile.AssertSentence(exception, checkpoint.FilePath);
            }
        }

        Assert.IsGreaterThan(60, refused);
    }

    private static List<TestTensor> Mutate(List<TestTensor> tensors, int seed)
    {
        var random = new Random(seed);
        for (int count = random.Next(1, 6); count > 0; count--)
        {
            int index = random.Next(tensors.Count);
            var tensor = tensors[index];
            switch (random.Next(6))
            {
                case 0:
                    tensors.RemoveAt(index);
                    break;
                case 1:
                    tensors[index] = tensor with { Name = tensor.Name.Replace('1', (char)('0' + random.Next(10))) };
                    break;
                case 2:
                    tensors[index] = tensor with { Shape = [.. tensor.Shape.Reverse()] };
                    break;
                case 3:
                    tensors[index] = tensor with { Shape = [.. tensor.Shape, 1] };
                    break;
                case 4:
                    tensors[index] = tensor with { Shape = [1], Strides = [1] };
                    break;
                default:
                    tensors[index] = tensor with { Shape = [0, .. tensor.Shape], Strides = [0, .. tensor.Shape] };
                    break;
            }
        }

        return [.. tensors.DistinctBy(tensor => tensor.Name)];
    }

    private static void Replace(List<TestTensor> tensors, string name, Func<TestTensor, TestTensor> replacement)
    {
        int index = tensors.FindIndex(tensor => tensor.Name == name);
        tensors[index] = replacement(tensors[index]);
    }
}
