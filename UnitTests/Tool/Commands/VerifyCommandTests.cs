using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class VerifyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string ModelPath => _folder.PathOf("model.onnx");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("")]
    [DataRow("--batch 3")]
    [DataRow("--batch 1 --float16")]
    [DataRow("--dynamic-size --portable")]
    [DataRow("--outputs features,layer_5")]
    public async Task A_converted_file_is_good(string options)
    {
        await ConvertAsync(options);
        var run = await CommandRun.Of("verify", ModelPath);
        run.AssertSucceeded();
        StringAssert.Contains(run.Output, "model.onnx is good");
        Assert.IsFalse(run.Output.Contains("FAILED", StringComparison.Ordinal));
        Assert.AreEqual(!options.Contains("--batch"), run.Output.Contains("a row alone", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("weights", "weights")]
    [DataRow("parameters", "metadata")]
    [DataRow("labels", "metadata")]
    [DataRow("variant", "metadata")]
    [DataRow("architecture", "metadata")]
    [DataRow("stage", "metadata")]
    [DataRow("batch", "structure")]
    [DataRow("preprocessing", "structure")]
    [DataRow("output", "structure")]
    [DataRow("node", "structure")]
    [DataRow("softmax", "probabilities")]
    public async Task What_was_changed_fails_its_check(string change, string check)
    {
        await ConvertAsync();
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(ModelPath));
        Apply(change, model);
        File.WriteAllBytes(ModelPath, model.ToByteArray());
        var run = await CommandRun.Of("verify", ModelPath);
        Assert.AreEqual(1, run.ExitCode, run.Output + run.Error);
        Assert.IsTrue(
            run.Output.Split('\n').Any(line => line.StartsWith($"FAILED  {check}", StringComparison.Ordinal)), run.Output);
        StringAssert.Contains(run.Error, "model.onnx");
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("--outputs features")]
    [DataRow("--portable --batch 2")]
    public async Task A_model_whose_weights_overflow_cannot_be_used(string options)
    {
        // Every weight is a number, and the norms of the checkpoint stay as they are; only their products are none.
        byte[] checkpoint = CheckpointWriter.Zip(CheckpointWriter.StateDict([.. TestTensor.Formula(TestModels.Tiny).Select(tensor =>
            tensor.Name.EndsWith(".block.norm.weight", StringComparison.Ordinal)
                ? TestTensor.Of(tensor.Name, tensor.Shape, [.. Enumerable.Repeat(1e30f, (int)tensor.Shape[0])])
                : tensor)]));
        await ConvertAsync(options, checkpoint);
        var run = await CommandRun.Of("verify", ModelPath);
        run.AssertRefused("model.onnx", "NaN or infinity", "features");
        StringAssert.Contains(run.Output, "FAILED  forward pass");
        StringAssert.Contains(run.Output, "ok      weights");
    }

    [TestMethod]
    public async Task Files_that_are_no_model_are_refused()
    {
        (await CommandRun.Of("verify", _folder.PathOf("none.onnx"))).AssertRefused("none.onnx");
        (await CommandRun.Of("verify", TestCheckpoint.Write(_folder, TestCheckpoint.Tiny))).AssertRefused("model.pt");
        (await CommandRun.Of("verify", TestCheckpoint.Write(_folder, [], "empty.onnx"))).AssertRefused("empty.onnx");
    }

    [TestMethod]
    [DataRow("--expected 1", "--image")]
    [DataRow("--image other.jpg", "'other.jpg'", "--expected")]
    [DataRow("--image none.jpg --expected 1,two", "1,two")]
    [DataRow("--image none.jpg --expected 1,2", "none.jpg")]
    [DataRow("--image none.jpg --expected 1,2 --tolerance -1", "--tolerance")]
    public async Task Wrong_options_are_named(string options, params string[] parts)
    {
        await ConvertAsync();
        (await CommandRun.Of(["verify", ModelPath, .. options.Split(' ')])).AssertRefused(parts);
    }

    [TestMethod]
    [RequiresReference]
    [DataRow("xxs")]
    [DataRow("xs")]
    [DataRow("s")]
    public async Task The_logits_of_a_photo_are_those_of_the_official_implementation(string variant)
    {
        (await CommandRun.Of("convert", Reference.PathOf("checkpoints", $"mobilevit_{variant}.pt"), "-o", ModelPath)).AssertSucceeded();
        string photo = PhotoNames()[0];
        float[] logits = NpyFile.Read(Reference.PathOf("golden", $"mobilevit_{variant}.cvnets.logits.npy")).Row(0)[..5].ToArray();
        string expected = string.Join(',', logits.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)));
        var run = await CommandRun.Of("verify", ModelPath, "--image", Reference.PathOf("photos", photo), "--expected", expected);
        run.AssertSucceeded();
        StringAssert.Contains(run.Output, $"logits of {photo}");

        var wrong = await CommandRun.Of(
            "verify", ModelPath, "--image", Reference.PathOf("photos", PhotoNames()[1]), "--expected", expected);
        Assert.AreEqual(1, wrong.ExitCode);
    }

    private static string[] PhotoNames() => [.. System.Text.Json.JsonDocument
        .Parse(File.ReadAllText(Reference.PathOf("golden", "photos.json"))).RootElement.EnumerateArray()
        .Select(element => element.GetString()!)];

    private static void Apply(string change, ModelProto model)
    {
        var floats = model.Graph.Initializer.Where(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float);
        switch (change)
        {
            case "weights":
                SetFirstValue(floats.MaxBy(tensor => tensor.RawData.Length)!, 0.123f);
                break;
            case "parameters":
                Property(model, ModelMetadataKeys.Parameters).Value = "7";
                break;
            case "labels":
                model.MetadataProps.Add(new StringStringEntryProto { Key = ModelMetadataKeys.Labels, Value = """["ant","ant"]""" });
                break;
            case "variant":
                Property(model, ModelMetadataKeys.Variant).Value = "s";
                break;
            case "architecture":
                Property(model, ModelMetadataKeys.Architecture).Value = "{}";
                break;
            case "stage":
                var architecture = JsonNode.Parse(Property(model, ModelMetadataKeys.Architecture).Value)!;
                architecture["backbone"]!["stages"]![2] = null;
                Property(model, ModelMetadataKeys.Architecture).Value = architecture.ToJsonString();
                break;
            case "batch":
                model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 1 << 30;
                break;
            case "preprocessing":
                Property(model, ModelMetadataKeys.Preprocessing).Value = PreprocessingPresets.Get("cvnets", 96, 96).ToJson();
                break;
            case "output":
                model.Graph.Node.Single(node => node.Output.Contains(ModelOutputs.Features)).Output[0] = "vector";
                model.Graph.Output.Single(output => output.Name == ModelOutputs.Features).Name = "vector";
                break;
            case "node":
                model.Graph.Node.First(node => node.OpType == "Conv").Input[0] = "nowhere";
                break;
            default:
                model.Graph.Node.Single(node => node.OpType == "Softmax").OpType = "Sigmoid";
                model.Graph.Node.Single(node => node.OpType == "Sigmoid" && node.Attribute.Count > 0).Attribute.Clear();
                break;
        }
    }

    private static StringStringEntryProto Property(ModelProto model, string key) =>
        model.MetadataProps.Single(property => property.Key == key);

    private static void SetFirstValue(TensorProto tensor, float value)
    {
        byte[] bytes = tensor.RawData.ToByteArray();
        BitConverter.TryWriteBytes(bytes, value);
        tensor.RawData = ByteString.CopyFrom(bytes);
    }

    private async Task ConvertAsync(string options = "", byte[]? checkpoint = null) =>
        (await CommandRun.Of(
        [
            "convert", TestCheckpoint.Write(_folder, checkpoint ?? TestCheckpoint.Tiny), "-o", ModelPath, "--input-size", "64",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ])).AssertSucceeded();
}
