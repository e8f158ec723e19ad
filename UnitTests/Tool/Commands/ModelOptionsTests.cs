using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary><c>--model</c>: what it takes beside <c>demo</c> and a converted file.</summary>
[TestClass]
public sealed class ModelOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_checkpoint_is_converted_into_the_cache_once_and_its_notes_are_repeated()
    {
        // Its name says nothing: the content does.
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny, "weights");
        string[] run = ["features", Demo.Samples[0], "-o", _folder.PathOf("f.csv"), "--cache", _folder.PathOf("cache"), "-m", checkpoint];

        CommandRun first = await CommandRun.Of(run);
        Assert.AreEqual(0, first.ExitCode, first.Error);
        Assert.Contains($"note: Converting '{checkpoint}' into the cache.", first.Error);
        Assert.Contains("note: Assumed", first.Error);
        Assert.Contains("'convert' has the options", first.Error);
        string model = Directory.GetFiles(_folder.PathOf("cache"), "*.onnx").Single();
        DateTime written = File.GetLastWriteTimeUtc(model);

        CommandRun second = await CommandRun.Of(run);
        Assert.AreEqual(0, second.ExitCode, second.Error);
        Assert.DoesNotContain("onvert", second.Error);
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(model));
    }

    [TestMethod]
    public async Task A_folder_of_a_checkpoint_is_one()
    {
        Directory.CreateDirectory(_folder.PathOf("saved"));
        await File.WriteAllBytesAsync(
            _folder.PathOf("saved", "model.safetensors"),
            CheckpointWriter.Write(CheckpointContainer.Safetensors, TestTensor.Formula(TestModels.Tiny)));
        CommandRun run = await CommandRun.Of(
            "features", Demo.Samples[0], "-o", _folder.PathOf("f.csv"), "--cache", _folder.PathOf("cache"), "-m", _folder.PathOf("saved"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.HasCount(16 + 2, (await File.ReadAllLinesAsync(_folder.PathOf("f.csv")))[0].Split(','));
    }

    [TestMethod]
    public async Task Official_weights_come_from_a_mirror_and_then_without_a_network()
    {
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        string[] run =
        [
            "classify", Demo.Samples[0], "--model", "xxs", "--cache", _folder.PathOf("cache"), "--mirror",
            server.Address.AbsoluteUri.TrimEnd('/'),
        ];
        (await CommandRun.Of([.. run, "--offline"])).AssertRefused("mobilevit_xxs.pt", "--offline");

        CommandRun first = await CommandRun.Of(run);
        Assert.AreEqual(0, first.ExitCode, first.Error);
        Assert.Contains($"note: Downloading {server.Address}mobilevit_xxs.pt.", first.Error);
        Assert.Contains("note: " + OfficialWeights.LicenseNotice, first.Error);

        CommandRun second = await CommandRun.Of([.. run, "--offline"]);
        second.AssertSucceeded();
        Assert.AreEqual(first.Lines[1], second.Lines[1]);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task A_file_that_is_neither_is_refused()
    {
        string pipeline = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny, "m.zip");
        (await CommandRun.Of("classify", Demo.Samples[0], "--model", pipeline)).AssertRefused("it is for 'predict'");
        (await CommandRun.Of("classify", Demo.Samples[0], "--model", "xxs", "--mirror", "ftp://example.org")).AssertRefused("--mirror");
        (await CommandRun.Of("classify", Demo.Samples[0], "--model", _folder.Root)).AssertRefused("model.safetensors");
    }
}
