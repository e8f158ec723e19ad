using System.Text.Json.Nodes;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ConvertCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Output => _folder.PathOf("model.onnx");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_model_of_1000_classes_has_the_labels_of_ImageNet_without_asking()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Xxs);
        var run = await CommandRun.Of("convert", checkpoint, "-o", Output);
        run.AssertSucceeded();
        StringAssert.Contains(run.Output, "MobileViT-XXS, 1,272,024 parameters, 1000 labels (tench … toilet tissue)");
        var metadata = OnnxModelFile.Read(Output).Metadata;
        Assert.AreEqual("crane (n02012849)", metadata.Labels[134]);
        Assert.AreEqual(PreprocessingPresets.Get(PreprocessingPresets.Cvnets), metadata.Preprocessing);

        (await CommandRun.Of("convert", checkpoint, "-o", Output, "--no-labels")).AssertSucceeded();
        Assert.IsEmpty(OnnxModelFile.Read(Output).Metadata.Labels);
    }

    [TestMethod]
    public async Task Options_reach_the_file()
    {
        string labels = _folder.PathOf("labels.txt");
        File.WriteAllText(labels, "ant\nbee\ncat\ndog\neel\n");
        var run = await CommandRun.Of(
            "convert", TestCheckpoint.Write(_folder, TestCheckpoint.Tiny), "--output", Output, "--labels", labels, "--preset", "timm",
            "--input-size", "64x128", "--outputs", "features,layer_3", "--batch", "2", "--portable", "--heads", "2", "--float16");
        run.AssertSucceeded();
        var file = OnnxModelFile.Read(Output);
        CollectionAssert.AreEqual(File.ReadAllLines(labels), file.Metadata.Labels.ToArray());
        Assert.AreEqual(PreprocessingPresets.Get(PreprocessingPresets.Timm, 64, 128), file.Metadata.Preprocessing);
        Assert.AreEqual(2, MobileViTArchitecture.FromJson(file.Metadata.Architecture).Transformers.First().Heads);
        Assert.AreEqual("features,layer_3", string.Join(',', file.Model.Graph.Output.Select(output => output.Name)));
        Assert.AreEqual("2,3,64,128", string.Join(',', file.Model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(dim => dim.DimValue)));
        Assert.IsFalse(file.Model.OpsetImport.Any(opset => opset.Domain == "com.microsoft"));
        Assert.IsTrue(file.Model.Graph.Initializer.Any(tensor =>
            tensor.DataType == (int)MlNetMobileViT.Conversion.TensorProto.Types.DataType.Float16));
    }

    [TestMethod]
    public async Task Nothing_that_is_read_is_written_over_behind_links()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string labels = _folder.PathOf("labels.txt");
        File.WriteAllText(labels, "ant\nbee\ncat\ndog\neel\n");
        byte[] before = await File.ReadAllBytesAsync(checkpoint);
        Directory.CreateSymbolicLink(_folder.PathOf("linked"), _folder.Root);
        File.CreateSymbolicLink(_folder.PathOf("link.onnx"), checkpoint);
        foreach (string output in new[] { checkpoint, _folder.PathOf("linked", Path.GetFileName(checkpoint)), _folder.PathOf("link.onnx") })
        {
            var run = await CommandRun.Of("convert", checkpoint, "-o", output);
            Assert.AreEqual(2, run.ExitCode);
            StringAssert.Contains(run.Error, "is the checkpoint itself");
        }

        var overLabels = await CommandRun.Of("convert", checkpoint, "--labels", labels, "-o", _folder.PathOf("linked", "labels.txt"));
        Assert.AreEqual(2, overLabels.ExitCode);
        StringAssert.Contains(overLabels.Error, "which the conversion reads");
        CollectionAssert.AreEqual(before, await File.ReadAllBytesAsync(checkpoint));
        StringAssert.StartsWith(await File.ReadAllTextAsync(labels), "ant");
    }

    [TestMethod]
    public async Task A_dynamic_size_is_left_open()
    {
        var run = await CommandRun.Of(
            "convert", TestCheckpoint.Write(_folder, TestCheckpoint.Tiny), "-o", Output, "--input-size", "64", "--dynamic-size");
        run.AssertSucceeded();
        var dimensions = OnnxModelFile.Read(Output).Model.Graph.Input[0].Type.TensorType.Shape.Dim;
        Assert.IsTrue(dimensions[2].DimParam.Length > 0 && dimensions[3].DimParam.Length > 0);
    }

    [TestMethod]
    public async Task An_architecture_file_is_what_the_checkpoint_must_be()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string file = _folder.PathOf("network.json");
        File.WriteAllText(file, TestModels.Tiny.ToJson());
        (await CommandRun.Of("convert", checkpoint, "-o", Output, "--input-size", "64", "--architecture", file)).AssertSucceeded();
        File.Delete(Output);

        File.WriteAllText(file, (TestModels.Tiny with { Head = new Classification(FeatureChannels: 24, Classes: 5) }).ToJson());
        (await CommandRun.Of("convert", checkpoint, "-o", Output, "--architecture", file)).AssertRefused(checkpoint, "conv_1x1_exp");
        var withoutStage = JsonNode.Parse(TestModels.Tiny.ToJson())!;
        withoutStage["backbone"]!["stages"]![2] = null;
        foreach (string json in new[] { "", "{ }", "null", withoutStage.ToJsonString() })
        {
            File.WriteAllText(file, json);
            (await CommandRun.Of("convert", checkpoint, "-o", Output, "--architecture", file)).AssertRefused(file);
        }

        AssertNoOutput();
    }

    [TestMethod]
    public async Task Weights_beyond_the_range_of_their_precision_are_named()
    {
        byte[] file = CheckpointWriter.Write(
            CheckpointContainer.Safetensors,
            TestTensor.Formula(TestModels.Tiny).Select(tensor => tensor.Name == "classifier.fc.bias"
                ? TestTensor.Of(tensor.Name, tensor.Shape, 1, 2, 70_000, 4, 5)
                : tensor));
        (await ConvertAsync(file, "--input-size", "64", "--float16")).AssertRefused("model.pt", "'classifier.fc.bias'", "float16");
        AssertNoOutput();
        (await ConvertAsync(file, "--input-size", "64")).AssertSucceeded();
    }

    [TestMethod]
    public async Task Heads_that_no_tensor_shows_are_asked_for_where_four_cannot_be()
    {
        byte[] file = TestCheckpoint.Zip(TestModels.Replace(
            TestModels.Tiny, 4, TestModels.Stage(8, stride: 2, blocks: 1, expandRatio: 1, new TransformerSpec(10, 1, 20))));
        (await ConvertAsync(file, "--input-size", "64")).AssertRefused("model.pt", "dimension 10", "--heads");
        (await ConvertAsync(file, "--input-size", "64", "--heads", "2")).AssertSucceeded();
        Assert.AreEqual(2, MobileViTArchitecture.FromJson(OnnxModelFile.Read(Output).Metadata.Architecture).Transformers.First().Heads);
    }

    [TestMethod]
    public async Task A_state_dict_of_a_training_checkpoint_can_be_chosen()
    {
        var plain = CheckpointWriter.StateDict([.. TestTensor.Formula(TestModels.Tiny)]);
        var averaged = CheckpointWriter.StateDict([.. TestTensor.Formula(TestModels.Tiny.WithClasses(3))]);
        byte[] file = CheckpointWriter.Zip(new (string, object?)[] { ("state_dict", plain), ("ema_state_dict", averaged) });
        (await ConvertAsync(file, "--input-size", "64")).AssertSucceeded();
        Assert.AreEqual(5, MobileViTArchitecture.FromJson(OnnxModelFile.Read(Output).Metadata.Architecture).Classes);
        var run = await ConvertAsync(file, "--input-size", "64", "--state-dict", "ema_state_dict");
        run.AssertSucceeded();
        StringAssert.Contains(run.Output, "ema_state_dict");
        Assert.AreEqual(3, MobileViTArchitecture.FromJson(OnnxModelFile.Read(Output).Metadata.Architecture).Classes);
        StringAssert.Contains((await CommandRun.Of("inspect", _folder.PathOf("model.pt"))).Output, "choose with --state-dict");
        (await ConvertAsync(file, "--state-dict", "weights")).AssertRefused("'weights'");
    }

    [TestMethod]
    public async Task A_training_checkpoint_converts_and_what_is_no_tensor_is_named()
    {
        byte[] weights = CheckpointWriter.Zip(CheckpointWriter.StateDict([.. TestTensor.Formula(TestModels.Tiny)]));
        (await ConvertAsync(weights, "--input-size", "64")).AssertSucceeded();
        var expected = OnnxModelFile.Read(Output).Metadata;
        byte[] training = CheckpointWriter.Zip(new (string, object?)[]
        {
            ("epoch", 3),
            ("args", RawPickle.Of("cargparse\nNamespace\n)\x81}U\x02lrK\x01sb")),
            ("state_dict", CheckpointWriter.StateDict([.. TestTensor.Formula(TestModels.Tiny)])),
            ("best", new List<object?>(Enumerable.Range(1, 6).Select(i => RawPickle.Of($"cmetrics\nBest{i}\n)R")))),
        });
        var run = await ConvertAsync(training, "--input-size", "64");
        run.AssertSucceeded();
        StringAssert.Contains(run.Output, "argparse.Namespace, metrics.Best1, metrics.Best2, metrics.Best3, metrics.Best4 and 2 more.");
        Assert.AreEqual(expected.WeightsSha256, OnnxModelFile.Read(Output).Metadata.WeightsSha256);
        StringAssert.Contains((await CommandRun.Of("inspect", _folder.PathOf("model.pt"))).Output, "argparse.Namespace");
    }

    [TestMethod]
    public async Task An_object_in_the_place_of_a_weight_is_named()
    {
        RawPickle array = RawPickle.Of("cnumpy.core.multiarray\n_reconstruct\n)R");
        byte[] file = CheckpointWriter.Zip(TestTensor.Formula(TestModels.Tiny)
            .Select(tensor => (tensor.Name, (object?)(tensor.Name == "classifier.fc.bias" ? array : tensor))).ToArray());
        (await ConvertAsync(file, "--input-size", "64")).AssertRefused("'classifier.fc.bias'", "'numpy.core.multiarray._reconstruct'");
        AssertNoOutput();
    }

    [TestMethod]
    public async Task Official_weights_are_downloaded_by_name_with_their_license_named_once()
    {
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        string[] convert =
            ["convert", "xxs", "-o", Output, "--cache", _folder.PathOf("cache"), "--mirror", server.Address.AbsoluteUri.TrimEnd('/')];
        var first = await CommandRun.Of(convert);
        first.AssertSucceeded();
        StringAssert.Contains(first.Output, OfficialWeights.LicenseNotice);
        Assert.AreEqual("mobilevit_xxs.pt", OnnxModelFile.Read(Output).Metadata.SourceFile);

        var second = await CommandRun.Of([.. convert, "--offline"]);
        second.AssertSucceeded();
        Assert.IsFalse(second.Output.Contains("license", StringComparison.OrdinalIgnoreCase));
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task Official_weights_of_another_variant_than_their_name_are_refused()
    {
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        var run = await CommandRun.Of(
            "convert", "s", "-o", Output, "--cache", _folder.PathOf("cache"), "--mirror", server.Address.AbsoluteUri);
        run.AssertRefused("does not fit MobileViT-S", "nearest to MobileViT-XXS");
        AssertNoOutput();
    }

    [TestMethod]
    public async Task Without_a_network_the_error_says_where_to_put_the_file()
    {
        var run = await CommandRun.Of("convert", "xs", "-o", Output, "--cache", _folder.PathOf("cache"), "--offline");
        run.AssertRefused(_folder.PathOf("cache", "mobilevit_xs.pt"), "https://docs-assets.developer.apple.com/", "mobilevit_xs.pt");
    }

    [TestMethod]
    [DataRow("", "Option '--output' is required")]
    [DataRow("-o m.onnx --input-size 250", "250", "multiples of 32")]
    [DataRow("-o m.onnx --input-size wide", "'wide' is not an input size")]
    [DataRow("-o m.onnx --input-size 64x64x64", "'64x64x64' is not an input size")]
    [DataRow("-o m.onnx --input-size 999999999999", "is not an input size")]
    [DataRow("-o m.onnx --preset caffe", "'caffe'", "cvnets, timm, squash")]
    [DataRow("-o m.onnx --variant xl", "'xl'", "xxs, xs, s")]
    [DataRow("-o m.onnx --outputs logits,boxes", "boxes", "features")]
    [DataRow("-o m.onnx --outputs logits,logits", "each once")]
    [DataRow("-o m.onnx --batch 0", "batch size is 0")]
    [DataRow("-o m.onnx --heads 0", "number of heads is 0")]
    [DataRow("-o m.onnx --heads 2", "MobileViT-XXS", "heads")]
    [DataRow("-o m.onnx --architecture no-such.json", "no architecture file 'no-such.json'")]
    [DataRow("-o no-such-folder/m.onnx", "'no-such-folder/m.onnx' does not exist")]
    [DataRow("-o /dev/null", "'/dev/null'")]
    [DataRow("-o m.onnx --input-size 4096", "4096", "up to 2048")]
    [DataRow("-o m.onnx --labels no-such.txt", "no label file 'no-such.txt'")]
    [DataRow("-o m.onnx --labels a.txt --no-labels", "exclude each other")]
    [DataRow("-o m.onnx --mirror ftp://example.org", "ftp://example.org")]
    public async Task Wrong_options_are_named_before_anything_is_read(string options, params string[] parts)
    {
        // Were the options looked at later, the missing network or cache would be the error.
        var run = await CommandRun.Of(
        [
            "convert", "xxs", "--offline", "--cache", _folder.PathOf("none"),
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.StartsWith(run.Error, "error: ");
        foreach (string part in parts)
        {
            StringAssert.Contains(run.Error, part);
        }
    }

    [TestMethod]
    public async Task Files_that_are_no_checkpoint_are_refused()
    {
        (await ConvertAsync("hello"u8.ToArray())).AssertRefused("model.pt", "not a checkpoint");
        (await ConvertAsync([])).AssertRefused("model.pt");
        (await ConvertAsync(TestCheckpoint.Tiny[..^5000])).AssertRefused("model.pt");
        (await CommandRun.Of("convert", _folder.PathOf("none.pt"), "-o", Output)).AssertRefused("none.pt");
        (await CommandRun.Of("convert", _folder.Root, "-o", Output)).AssertRefused(_folder.Root);
        AssertNoOutput();
    }

    [TestMethod]
    public async Task A_pickle_that_calls_a_function_is_refused_by_its_name_and_runs_nothing()
    {
        string proof = _folder.PathOf("proof");
        byte[] file = CheckpointWriter.ZipOfPickle(
            [0x80, 2, .. "cos\nsystem\n"u8, .. "X"u8, .. BitConverter.GetBytes($"touch {proof}".Length),
                .. System.Text.Encoding.UTF8.GetBytes($"touch {proof}"), 0x85, (byte)'R', (byte)'.']);
        (await ConvertAsync(file)).AssertRefused("os.system");
        Assert.IsFalse(File.Exists(proof));
        AssertNoOutput();
    }

    [TestMethod]
    public async Task What_does_not_fit_the_network_is_listed()
    {
        TestTensor[] tensors = [.. TestTensor.Formula(MobileViTVariants.Get("xxs"))];
        (await ConvertAsync(CheckpointWriter.Write(
                CheckpointContainer.Safetensors, tensors.Where(tensor => tensor.Name != "classifier.fc.bias"))))
            .AssertRefused("classifier.fc.bias");
        (await ConvertAsync(CheckpointWriter.Write(
                CheckpointContainer.Safetensors,
                tensors.Select(tensor => tensor.Name == "conv_1.block.norm.weight"
                    ? TestTensor.Of(tensor.Name, [2], 1, 1)
                    : tensor))))
            .AssertRefused("conv_1.block.norm.weight", "[2]", "[16]");
        (await ConvertAsync(TestCheckpoint.Xxs, "--variant", "s")).AssertRefused("MobileViT-S", "MobileViT-XXS");
        AssertNoOutput();
    }

    [TestMethod]
    public async Task Labels_must_be_as_many_as_the_classes()
    {
        string labels = _folder.PathOf("labels.txt");
        File.WriteAllText(labels, "ant\nbee\n");
        (await ConvertAsync(TestCheckpoint.Tiny, "--labels", labels)).AssertRefused("2 labels", "5 classes");
        AssertNoOutput();
    }

    [TestMethod]
    public async Task An_output_that_cannot_be_written_is_named()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string missing = _folder.PathOf("none", "model.onnx");
        (await CommandRun.Of("convert", checkpoint, "-o", missing)).AssertRefused(missing);
        (await CommandRun.Of("convert", checkpoint, "-o", _folder.Root)).AssertRefused(_folder.Root, "folder");
        (await CommandRun.Of("convert", checkpoint, "-o", checkpoint)).AssertRefused(checkpoint);
        (await CommandRun.Of("convert", checkpoint, "-o", Path.Combine(_folder.Root, ".", "model.pt"))).AssertRefused("model.pt");
        CollectionAssert.AreEqual(TestCheckpoint.Tiny, File.ReadAllBytes(checkpoint));
        AssertNoOutput();
    }

    [TestMethod]
    public async Task No_damaged_checkpoint_leaves_an_output_or_crashes()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            byte[] file = [.. TestCheckpoint.Tiny];
            if (seed % 3 == 0)
            {
                file = file[..random.Next(file.Length)];
            }

            for (int i = 0; file.Length > 0 && i < 1 + (seed % 8); i++)
            {
                file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
            }

            var run = await ConvertAsync(file, "--input-size", "64");
            if (run.ExitCode == 0)
            {
                Assert.IsTrue(ModelVerifier.Verify(Output).Passed, $"seed {seed}");
                File.Delete(Output);
            }
            else
            {
                run.AssertRefused("model.pt");
                Assert.IsFalse(run.Error.Contains("Exception", StringComparison.Ordinal), $"seed {seed}: {run.Error}");
            }

            AssertNoOutput();
        }
    }

    private Task<CommandRun> ConvertAsync(byte[] checkpoint, params string[] options) =>
        CommandRun.Of(["convert", TestCheckpoint.Write(_folder, checkpoint), "-o", Output, .. options]);

    private void AssertNoOutput() =>
        Assert.IsEmpty(Directory.GetFiles(_folder.Root, "*.onnx*", SearchOption.AllDirectories));
}
