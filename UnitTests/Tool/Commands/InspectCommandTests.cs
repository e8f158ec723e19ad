using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_checkpoint_is_summed_up()
    {
        string path = TestCheckpoint.Write(_folder, TestCheckpoint.Xxs);
        var run = await CommandRun.Of("inspect", path);
        run.AssertSucceeded();
        foreach (string part in new[] { "model.pt", "PyTorch (zip)", "MobileViT-XXS", "cvnets", "1,272,024", "1,000", "conv_1x1_exp" })
        {
            StringAssert.Contains(run.Output, part);
        }

        Assert.IsFalse(run.Output.Contains("classifier.fc.bias", StringComparison.Ordinal));
        Assert.IsFalse(run.Output.Split('\n').Any(line => line.EndsWith(' ')));
        var all = await CommandRun.Of("inspect", path, "--tensors");
        StringAssert.Matches(all.Output, new(@"classifier\.fc\.bias +float32 +\[1000\]"));
    }

    [TestMethod]
    public async Task A_converted_file_is_summed_up()
    {
        string path = await ConvertAsync();
        var run = await CommandRun.Of("inspect", path);
        run.AssertSucceeded();
        foreach (string part in new[]
                 {
                     "model.onnx", "opset 18", "MobileViT-CUSTOM", "pixels [N, 3, 64, 64]", "logits [N, 5]", "features [N, 16]", "no labels",
                     "model.pt (cvnets layout)", "centre crop 64×64, BGR", "license", "Softmax",
                 })
        {
            StringAssert.Contains(run.Output, part);
        }

        StringAssert.Contains((await CommandRun.Of("inspect", path, "--tensors")).Output, "float");
    }

    [TestMethod]
    public async Task Heads_of_a_config_stand_in_the_architecture()
    {
        using var config = new ConfigFolder(CheckpointLayout.HuggingFace).With("config.json", """{"model_type":"mobilevit","num_attention_heads":2}""");
        var run = await CommandRun.Of("inspect", config.Root);
        run.AssertSucceeded();
        StringAssert.Contains(run.Output.ReplaceLineEndings("").Replace(" ", ""), "\"heads\":2");
        Assert.IsFalse(run.Output.Contains("\"heads\":4", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task A_checkpoint_of_something_else_is_shown_as_far_as_it_goes()
    {
        byte[] file = CheckpointWriter.Safetensors(TestTensor.Of("resnet.conv1.weight", [2, 3], 1, 2, 3, 4, 5, 6));
        var run = await CommandRun.Of("inspect", TestCheckpoint.Write(_folder, file, "other.safetensors"));
        run.AssertRefused("other.safetensors", "no MobileViT");
        StringAssert.Contains(run.Output, "resnet");
    }

    [TestMethod]
    public async Task Files_that_cannot_be_read_are_named()
    {
        (await CommandRun.Of("inspect", _folder.PathOf("none.pt"))).AssertRefused("none.pt");
        (await CommandRun.Of("inspect", TestCheckpoint.Write(_folder, "hello"u8.ToArray(), "hello.txt"))).AssertRefused("hello.txt");
        (await CommandRun.Of("inspect", _folder.Root)).AssertRefused(_folder.Root);
        byte[] onnx = File.ReadAllBytes(await ConvertAsync());
        (await CommandRun.Of("inspect", TestCheckpoint.Write(_folder, onnx[..^100], "cut.onnx"))).AssertRefused("cut.onnx", "cut off");
    }

    [TestMethod]
    [RequiresReference]
    public async Task Somebody_elses_ONNX_file_is_refused()
    {
        string peer = Reference.PathOf("peers", "mobilevit_xxs.torch_export.onnx");
        (await CommandRun.Of("inspect", peer)).AssertRefused("not written by this project's converter");
        (await CommandRun.Of("verify", peer)).AssertRefused("not written by this project's converter");
    }

    private async Task<string> ConvertAsync()
    {
        string path = _folder.PathOf("model.onnx");
        (await CommandRun.Of(
            "convert", TestCheckpoint.Write(_folder, TestCheckpoint.Tiny), "-o", path, "--input-size", "64")).AssertSucceeded();
        return path;
    }
}
