using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ArchitectureTests
{
    private const string FormerTiny = """
        {"stem_channels":8,"expand_ratio":1,"stages":[
          {"channels":8,"stride":1,"inverted_residuals":1},
          {"channels":8,"stride":2,"inverted_residuals":1},
          {"channels":8,"stride":2,"inverted_residuals":1,"transformer":{"dimension":8,"layers":1,"feed_forward":16}},
          {"channels":8,"stride":2,"inverted_residuals":1,"transformer":{"dimension":8,"layers":1,"feed_forward":16}},
          {"channels":8,"stride":2,"inverted_residuals":1,"transformer":{"dimension":8,"layers":1,"feed_forward":16}}],
         "feature_channels":16,"heads":4,"classes":5}
        """;

    private static readonly string Format1 = Reference.InRepository("UnitTests", "Data", "format_1", "model.onnx");

    [TestMethod]
    public void The_form_of_format_1_is_read()
    {
        Assert.AreEqual(TestModels.Tiny, MobileViTArchitecture.FromJson(FormerTiny));
        Assert.AreEqual(
            TestModels.Tiny.WithHeads(2), MobileViTArchitecture.FromJson(FormerTiny.Replace("\"heads\":4", "\"heads\":2", StringComparison.Ordinal)));
        const string Xxs = """
            {"stem_channels":16,"expand_ratio":2,"stages":[
              {"channels":16,"stride":1,"inverted_residuals":1},
              {"channels":24,"stride":2,"inverted_residuals":3},
              {"channels":48,"stride":2,"inverted_residuals":1,"transformer":{"dimension":64,"layers":2,"feed_forward":128}},
              {"channels":64,"stride":2,"inverted_residuals":1,"transformer":{"dimension":80,"layers":4,"feed_forward":160}},
              {"channels":80,"stride":2,"inverted_residuals":1,"transformer":{"dimension":96,"layers":3,"feed_forward":192}}],
             "feature_channels":320}
            """;
        Assert.AreEqual(MobileViTVariants.Get(MobileViTVariants.Xxs), MobileViTArchitecture.FromJson(Xxs));
    }

    [TestMethod]
    [DataRow("\"stride\":1", "\"stride\":3", "Stage layer_1: Stride is 3")]
    [DataRow("\"inverted_residuals\":1", "\"inverted_residuals\":2000000000", "InvertedResiduals is 2000000000")]
    [DataRow("\"heads\":4", "\"heads\":3", "not divisible by its 3 heads")]
    [DataRow("\"heads\":4", "\"width\":4", "width")]
    [DataRow("{\"channels\":8,\"stride\":1,\"inverted_residuals\":1}", "null", "Stage layer_1: it is null")]
    [DataRow("{\"channels\":8,\"stride\":1,\"inverted_residuals\":1},", "", "5 stages; this one has 4")]
    [DataRow("\"classes\":5", "\"classes\":0", "Classes is 0")]
    public void What_is_wrong_with_the_form_of_format_1_is_named(string old, string replacement, string part) =>
        AssertRefused(FormerTiny.Replace(old, replacement, StringComparison.Ordinal), part);

    [TestMethod]
    [DataRow("\"inverted_residual\"", "\"dense\"", "dense")]
    [DataRow("\"dilation\":1", "\"dilation\":0", "Stage layer_1: Dilation is 0")]
    [DataRow("\"activation\":\"silu\"", "\"activation\":\"tanh\"", "activation")]
    [DataRow("\"activation\":\"silu\"", "\"activation\":1", "activation")]
    [DataRow("\"kind\":\"mobilevit\",\"channels\":8", "\"kind\":\"mobilevit\",\"channels\":16", "16 channels follows 8 channels")]
    [DataRow("\"heads\":4", "\"heads\":3", "not divisible by its 3 heads")]
    [DataRow("\"classification\"", "\"detection\"", "detection")]
    [DataRow("\"feature_channels\":16,", "", "feature_channels")]
    public void What_is_wrong_with_a_block_or_a_head_is_named(string old, string replacement, string part) =>
        AssertRefused(TestModels.Tiny.ToJson().Replace(old, replacement, StringComparison.Ordinal), part);

    [TestMethod]
    public void Stages_are_lists_of_blocks()
    {
        JsonNode root = JsonNode.Parse(TestModels.Tiny.ToJson())!;
        JsonArray stages = root["backbone"]!["stages"]!.AsArray();
        Assert.AreEqual("inverted_residual mobilevit", string.Join(' ', stages[2]!.AsArray().Select(static block => block!["kind"])));
        stages[1]!.AsArray().Add(null);
        AssertRefused(root.ToJsonString(), "Stage layer_2: a block is null");
        stages[1]!.AsArray().Clear();
        AssertRefused(root.ToJsonString(), "Stage layer_2: the number of blocks is 0");
    }

    [TestMethod]
    public void Parts_that_are_null_are_named()
    {
        MobileViTArchitecture tiny = TestModels.Tiny;
        (MobileViTArchitecture Network, string Part)[] networks =
        [
            (tiny with { Backbone = null! }, "Backbone is null"),
            (tiny with { Head = null! }, "Head is null"),
            (TestModels.Replace(tiny, 4, [new InvertedResidual(16, 2, 1), new MobileViT(16, null!)]), "Stage layer_5: the transformer"),
        ];
        foreach (var (network, part) in networks)
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(network.Validate).Message, part);
        }
    }

    [TestMethod]
    public void Only_the_library_derives_blocks_and_heads()
    {
        foreach (Type type in new[] { typeof(BlockSpec), typeof(HeadSpec) })
        {
            var constructors = type.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
                .Where(constructor => constructor.GetParameters()[0].ParameterType != type);
            Assert.IsTrue(constructors.All(static constructor => constructor.IsFamilyAndAssembly), type.Name);
        }
    }

    [TestMethod]
    public async Task A_model_of_format_1_is_verified_inspected_and_computes_the_same()
    {
        JsonElement expected = JsonDocument.Parse(File.ReadAllText(Reference.InRepository("UnitTests", "Data", "format_1", "expected.json")))
            .RootElement;
        float[] logits = [.. expected.GetProperty("logits").EnumerateArray().Select(static value => value.GetSingle())];
        VerificationReport report = ModelVerifier.Verify(Format1, metadata =>
        {
            var preprocessor = new ImagePreprocessor(metadata.Preprocessing);
            float[] pixels = new float[preprocessor.Length];
            preprocessor.Preprocess(Reference.InRepository("UnitTests", "Data", "format_1", "picture.png"), pixels);
            return new VerificationSample("picture.png", pixels, logits, 1e-6f);
        });

        // Two of its labels are the same, which is all that is wrong with it.
        Assert.AreEqual("a label stands twice", report.Checks.Single(static check => !check.Passed).Detail);
        Assert.Contains("logits of picture.png", report.Checks.Select(static check => check.Name));
        var run = await CommandRun.Of("inspect", Format1);
        run.AssertSucceeded();
        StringAssert.Contains(run.Output, "MobileViT-CUSTOM");
    }

    [TestMethod]
    public async Task An_architecture_file_may_have_either_form()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = TestCheckpoint.Write(folder, TestCheckpoint.Tiny);
        string file = folder.PathOf("network.json"), output = folder.PathOf("model.onnx");
        foreach (string json in new[] { FormerTiny, TestModels.Tiny.ToJson() })
        {
            File.WriteAllText(file, json);
            var run = await CommandRun.Of("convert", checkpoint, "-o", output, "--input-size", "64", "--architecture", file);
            run.AssertSucceeded();
            Assert.IsFalse(run.Output.Contains("tensors do not show them", StringComparison.Ordinal));
            Assert.AreEqual(TestModels.Tiny, MobileViTArchitecture.FromJson(OnnxModelFile.Read(output).Metadata.Architecture));
            File.Delete(output);
        }
    }

    [TestMethod]
    public async Task What_the_tensors_of_a_custom_network_do_not_show_is_said()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = TestCheckpoint.Write(folder, TestCheckpoint.Tiny), output = folder.PathOf("model.onnx");
        const string Assumed = "Strides, dilation, activations and the 4 attention heads are taken from MobileViT-XXS; tensors do not show them.";
        string[] convert = ["convert", checkpoint, "-o", output, "--input-size", "64"];
        StringAssert.Contains((await CommandRun.Of(convert)).Output, Assumed);
        StringAssert.Contains(
            (await CommandRun.Of([.. convert, "--heads", "2"])).Output,
            "Strides, dilation and activations are taken from MobileViT-XXS; tensors do not show them.");
        StringAssert.Contains((await CommandRun.Of("inspect", checkpoint)).Output, Assumed);

        TestCheckpoint.Write(folder, TestCheckpoint.Xxs);
        Assert.IsEmpty(MobileViTConverter.Convert(checkpoint, output).Notes);
    }

    private static void AssertRefused(string json, string part) => StringAssert.Contains(
        Assert.ThrowsExactly<FormatException>(() => MobileViTArchitecture.FromJson(json)).Message, part);
}
