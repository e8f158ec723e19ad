using System.Diagnostics;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Which layer norm a conversion chooses where CVNets' differ from the paper's, and what it says about that.</summary>
[TestClass]
internal sealed class LayerNormTests
{
    [TestMethod]
    [DataRow(CheckpointLayout.Cvnets, null, true)]
    [DataRow(CheckpointLayout.Cvnets, LayerNormKind.Channels, false)]
    [DataRow(CheckpointLayout.Cvnets, LayerNormKind.Cvnets, true)]
    [DataRow(CheckpointLayout.Timm, null, false)]
    [DataRow(CheckpointLayout.HuggingFace, null, false)]
    [DataRow(CheckpointLayout.HuggingFace, LayerNormKind.Cvnets, true)]
    public void The_layout_or_the_option_chooses(CheckpointLayout layout, LayerNormKind? kind, bool isCvnets)
    {
        // Eight patches in layer_3, as many as channels.
        const int Height = 64, Width = 32;
        using var folder = new TemporaryFolder();
        ConversionReport report = Convert(folder, layout, new ConversionOptions { Height = Height, Width = Width, LayerNorm = kind });
        float[] pixels = FormulaWeights.Input(Height, Width);
        using var model = new OnnxRun(File.ReadAllBytes(report.OutputPath));
        float[] logits = model.Run(pixels, Height, Width)[ModelOutputs.Logits];
        double[] expected = new PlainNetwork(TestModels.Tiny, FormulaWeights.For(TestModels.Tiny), isCvnets).Logits(pixels, Height, Width);
        Assert.IsLessThanOrEqualTo(2e-6, Numbers.MaxDifference([.. expected.Select(static value => (float)value)], logits));
        if (isCvnets)
        {
            StringAssert.Contains(report.Notes[^1], "(layer_3.1 at 64×32 pixels), layer norms normalise over the patches");
            StringAssert.Contains(report.Notes[^1], "--layer-norm channels");
        }

        Assert.AreEqual(isCvnets, report.Notes.Any(static note => note.Contains("layer norm", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_note_names_what_a_dynamic_size_may_meet_and_nothing_where_it_meets_nothing()
    {
        using var folder = new TemporaryFolder();
        var options = new ConversionOptions { Height = 64, Width = 64 };
        Assert.IsFalse(Convert(folder, CheckpointLayout.Cvnets, options).Notes.Any(IsAboutLayerNorms));
        Assert.IsFalse(Convert(folder, CheckpointLayout.Timm, options with { DynamicSize = true }).Notes.Any(IsAboutLayerNorms));
        StringAssert.Contains(
            Convert(folder, CheckpointLayout.Cvnets, options with { DynamicSize = true }).Notes.Single(IsAboutLayerNorms),
            "(such as in layer_3.1 at 32×64 pixels, layer_4.1 at 64×128 pixels, layer_5.1 at 128×224 pixels)");

        static bool IsAboutLayerNorms(string note) => note.Contains("layer norms", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Official_weights_by_name_are_plain_and_files_of_ones_own_as_before()
    {
        using var folder = new TemporaryFolder();
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        string cache = folder.PathOf("cache"), output = folder.PathOf("model.onnx");
        string[] options = ["-o", output, "--input-size", "128", "--cache", cache, "--mirror", server.Address.AbsoluteUri];
        string file = Path.Combine(cache, "mobilevit_xxs.pt");
        (string Source, string[] Choice, bool IsCvnets)[] ways =
        [
            ("xxs", [], false),
            ("xxs", ["--layer-norm", "auto"], false),
            ("xxs", ["--layer-norm", "cvnets"], true),
            (file, [], true),
            (file, ["--layer-norm", "auto"], true),
            (file, ["--layer-norm", "channels"], false),
        ];
        foreach (var (source, choice, isCvnets) in ways)
        {
            var run = await CommandRun.Of(["convert", source, .. options, .. choice]);
            run.AssertSucceeded();
            Assert.AreEqual(isCvnets, run.Output.Contains("layer_3.1 at 128×128 pixels", StringComparison.Ordinal), run.Output);
            Assert.AreEqual(isCvnets, OnnxModelFile.Read(output).Model.Graph.Node.Any(static node => node.OpType == "ReduceMean"));
        }

        var wrong = await CommandRun.Of(["convert", "xxs", .. options, "--layer-norm", "both"]);
        wrong.AssertRefused("--layer-norm", "auto, channels or cvnets", "'both'");
        Assert.ThrowsExactly<ArgumentException>(() => new ConversionOptions { LayerNorm = (LayerNormKind)7 }.Validate());
    }

    [TestMethod]
    public async Task A_model_by_name_is_converted_as_official_weights_are()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = TestCheckpoint.Write(folder, TestCheckpoint.Xxs, "mobilevit_xxs.pt");
        string sample = Reference.InRepository("Tool", "Demo", "samples", "red_ring.jpg");
        string bin = AppContext.BaseDirectory;
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "exec", "--runtimeconfig", $"{bin}UnitTests.runtimeconfig.json", "--depsfile", $"{bin}UnitTests.deps.json",
                $"{bin}MlNetMobileViT.Tool.dll", "classify", sample, "--model", "xxs",
            ])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[WeightsCache.EnvironmentVariable] = folder.Root;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, output);

        // At 256×256 no block has as many patches as channels; the name of the converted file tells the options.
        ConversionOptions options = OfficialWeights.ConversionOptionsFor("xxs") with { Labels = ImageNet1k.Labels };
        Assert.AreEqual(LayerNormKind.Channels, options.LayerNorm);
        Assert.IsTrue(File.Exists(folder.PathOf(ConvertedModelCache.FileName(checkpoint, options))), string.Join(", ", Directory.GetFiles(folder.Root)));
    }

    private static ConversionReport Convert(TemporaryFolder folder, CheckpointLayout layout, ConversionOptions options)
    {
        string checkpoint = folder.PathOf("own.pt");
        File.WriteAllBytes(
            checkpoint, CheckpointWriter.Write(CheckpointContainer.PyTorchZip, LayoutTensors.Formula(TestModels.Tiny, layout)));
        return MobileViTConverter.Convert(checkpoint, folder.PathOf("own.onnx"), options);
    }
}
