using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
internal sealed class LayoutNamesTests
{
    [TestMethod]
    [DataRow(CheckpointLayout.Timm, "timm")]
    [DataRow(CheckpointLayout.HuggingFace, "huggingface")]
    public void Every_tensor_has_the_name_that_the_layouts_own_library_gives_it(CheckpointLayout layout, string file)
    {
        // The state dict's keys of timm's mobilevit_xxs and of Hugging Face's MobileViTForImageClassification.
        string[] expected = File.ReadAllLines(Reference.InRepository("UnitTests", "Data", $"tensor_names.{file}.txt"));
        string[] actual =
        [
            .. MobileViTVariants.Get(MobileViTVariants.Xxs).Tensors()
                .Where(spec => spec.Kind != TensorKind.Counter)
                .SelectMany(spec => spec.Names.In(layout)),
        ];
        CollectionAssert.AreEquivalent(expected, actual);
    }

    [TestMethod]
    [DataRow("layer_3.1.global_rep.1.pre_norm_mha.1.qkv_proj.bias", "stages.2.1.transformer.1.attn.qkv.bias",
        "mobilevit.encoder.layer.2.transformer.layer.1.attention.attention.query.bias")]
    [DataRow("layer_5.1.global_rep.3.weight", "stages.4.1.norm.weight", "mobilevit.encoder.layer.4.layernorm.weight")]
    [DataRow("layer_4.0.block.conv_3x3.block.norm.running_var", "stages.3.0.conv2_kxk.bn.running_var",
        "mobilevit.encoder.layer.3.downsampling_layer.conv_3x3.normalization.running_var")]
    [DataRow("layer_2.2.block.red_1x1.block.conv.weight", "stages.1.2.conv3_1x1.conv.weight",
        "mobilevit.encoder.layer.1.layer.2.reduce_1x1.convolution.weight")]
    [DataRow("layer_3.1.local_rep.conv_1x1.block.conv.weight", "stages.2.1.conv_1x1.weight",
        "mobilevit.encoder.layer.2.conv_1x1.convolution.weight")]
    [DataRow("layer_3.1.global_rep.0.pre_norm_ffn.4.bias", "stages.2.1.transformer.0.mlp.fc2.bias",
        "mobilevit.encoder.layer.2.transformer.layer.0.output.dense.bias")]
    public void Each_kind_of_tensor_is_the_same_one(string official, string timm, string huggingFace)
    {
        LayoutName names = MobileViTVariants.Get(MobileViTVariants.S).Tensors().Single(spec => spec.Name == official).Names;
        Assert.AreEqual(official, names.In(CheckpointLayout.Cvnets).Single());
        Assert.AreEqual(timm, names.In(CheckpointLayout.Timm).Single());
        Assert.AreEqual(huggingFace, names.In(CheckpointLayout.HuggingFace)[0]);
    }
}
