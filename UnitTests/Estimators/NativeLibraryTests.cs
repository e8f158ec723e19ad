using System.Text.Json.Nodes;

namespace MlNetMobileViT.UnitTests;

/// <summary>The native part of ONNX Runtime is the application's choice: what happens without it, and without a GPU.</summary>
[TestClass]
public sealed class NativeLibraryTests
{
    [TestMethod]
    public void A_process_without_the_native_library_is_told_which_package_to_add()
    {
        using var folder = new TemporaryFolder();
        string model = folder.PathOf("model.onnx");
        File.WriteAllBytes(model, TinyModel.Bytes);
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
        {
            File.Copy(file, folder.PathOf(Path.GetFileName(file)));
        }

        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "LoadingProcess.runtimeconfig.json"),
            folder.PathOf("LoadingProcess.runtimeconfig.json"));
        WriteWithoutNativeFiles(folder.PathOf("LoadingProcess.deps.json"));

        foreach (string file in (string[])[model, Reference.InRepository("UnitTests", "Data", "format_1", "pipeline_path.zip")])
        {
            Assert.IsEmpty(LoadingProcess.Run(["model", file]));
            string line = LoadingProcess.RunIn(folder.Root, ["model", file]).Single();

            Assert.AreEqual(
                "DllNotFoundException: ONNX Runtime's native library is missing or does not belong to this version: add the package "
                + "Microsoft.ML.OnnxRuntime to the application's project, or Microsoft.ML.OnnxRuntime.Gpu for CUDA.",
                line);
        }
    }

    [TestMethod]
    public void A_GPU_that_is_not_there_is_an_error_or_the_CPU()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel onCpu = TinyModel.Load();

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => MobileViTModel.Load(TinyModel.Bytes, new() { GpuDeviceId = 3 }));
        using MobileViTModel fallenBack = MobileViTModel.Load(TinyModel.Bytes, new() { GpuDeviceId = 3, FallbackToCpu = true });

        StringAssert.Contains(error.Message, "cannot run on the CUDA device 3", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "Microsoft.ML.OnnxRuntime.Gpu", StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
        CollectionAssert.AreEqual(onCpu.Featurize(images.Rows[0].Path!), fallenBack.Featurize(images.Rows[0].Path!));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_file_that_no_device_can_run_is_not_blamed_on_the_GPU(bool fallback)
    {
        byte[] broken = TinyModel.Change(static model => model.Graph.Node[0].OpType = "NoSuchOperator");

        var error = Assert.ThrowsExactly<InvalidDataException>(
            () => MobileViTModel.Load(broken, new() { GpuDeviceId = 0, FallbackToCpu = fallback }));

        StringAssert.Contains(error.Message, "NoSuchOperator", StringComparison.Ordinal);
    }

    /// <summary>The list of the program's files, but for those of one system: the native ones are all among them.</summary>
    private static void WriteWithoutNativeFiles(string path)
    {
        JsonNode list = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "LoadingProcess.deps.json")))!;
        foreach ((_, JsonNode? target) in list["targets"]!.AsObject())
        {
            foreach ((_, JsonNode? library) in target!.AsObject())
            {
                library!.AsObject().Remove("runtimeTargets");
            }
        }

        File.WriteAllText(path, list.ToJsonString());
    }
}
