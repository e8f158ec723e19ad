using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>The README's commands run as they are printed, and its C# is code that compiles and runs.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Reference.InRepository("README.md"));

    [TestMethod]
    public async Task Every_command_runs_as_it_is_printed()
    {
        using var folder = new TemporaryFolder();
        PreparePhotos(folder.PathOf("photos"));
        PrepareValidationSet(folder.PathOf("imagenet", "val"));
        PrepareDownload(folder.PathOf("cache"));
        string[] commands = [.. Blocks("sh").SelectMany(static block => block.Split('\n')).Select(static line => line.Trim())];
        int ran = 0;
        foreach (string command in commands.Where(static command => command.StartsWith("dotnet run ", StringComparison.Ordinal)))
        {
            Match parts = RunCommand().Match(command);
            Assert.IsTrue(parts.Success, command);
            (int exitCode, string output) = await Run(parts.Groups["arguments"].Value, folder);
            Assert.AreEqual(0, exitCode, $"{command}\n{output}");
            ran++;
        }

        Assert.IsGreaterThan(3, ran);
        string other = commands.Single(static command => !command.StartsWith("dotnet run ", StringComparison.Ordinal));
        Assert.AreEqual("dotnet test -c Release", other, "Only the command that runs this test is not run by it.");
    }

    [TestMethod]
    public void Every_snippet_is_code_that_is_compiled()
    {
        string source = File.ReadAllText(Reference.InRepository("UnitTests", "Readme", "ReadmeSnippets.cs"));
        string[] regions = [.. Region().Matches(source).Select(static match => Unindented(match.Groups["code"].Value))];
        string[] snippets = [.. Blocks("csharp").Select(Unindented)];
        Assert.IsGreaterThan(2, snippets.Length);
        foreach (string snippet in snippets)
        {
            CollectionAssert.Contains(regions, snippet);
        }
    }

    [TestMethod]
    public void The_snippets_do_what_the_README_says()
    {
        using var folder = new TemporaryFolder();
        string model = Reference.InRepository("Tool", "Demo", "mobilevit_xxs_shapes.onnx");
        string samples = Reference.InRepository("Tool", "Demo", "samples");
        foreach (ReadmeSnippets.Prediction row in ReadmeSnippets.Classify(model, samples))
        {
            Assert.AreEqual(Path.GetFileNameWithoutExtension(row.Path).Replace('_', ' '), row.TopLabels[0], row.Path);
        }

        var mlContext = new MLContext(seed: 0);
        var rows = Directory.EnumerateFiles(samples).Order()
            .Select(static path => new LabelledPhoto { Path = path, Label = Path.GetFileName(path).Split('_')[0] })
            .ToList();
        ITransformer trained = ReadmeSnippets.Train(
            mlContext, mlContext.Data.LoadFromEnumerable(rows), model, folder.PathOf("pipeline.zip"));
        string[] predicted = [.. trained.Transform(mlContext.Data.LoadFromEnumerable(rows)).GetColumn<string>("PredictedLabel")];
        CollectionAssert.AreEqual(rows.Select(static row => row.Label).ToArray(), predicted);
        (trained as IDisposable)?.Dispose();
    }

    /// <summary>A folder of photos with a subfolder a class, and some at its top.</summary>
    private static void PreparePhotos(string folder)
    {
        foreach (string sample in Directory.EnumerateFiles(Reference.InRepository("Tool", "Demo", "samples")))
        {
            string subfolder = Path.Combine(folder, Path.GetFileName(sample).Split('_')[0]);
            Directory.CreateDirectory(subfolder);
            string name = Path.GetFileName(sample).Replace("arrow", "star", StringComparison.Ordinal);
            File.Copy(sample, Path.Combine(subfolder, name));
            File.Copy(sample, Path.Combine(folder, name));
        }
    }

    /// <summary>A folder of the form of ImageNet's validation set: a subfolder for each WordNet id.</summary>
    private static void PrepareValidationSet(string folder)
    {
        foreach (string id in new[] { "n01440764", "n15075141" })
        {
            Directory.CreateDirectory(Path.Combine(folder, id));
            File.Copy(
                Reference.InRepository("Tool", "Demo", "samples", "red_ring.jpg"), Path.Combine(folder, id, "1.jpg"));
        }
    }

    /// <summary>A checkpoint of the official form where the downloaded one would be.</summary>
    private static void PrepareDownload(string cache)
    {
        Directory.CreateDirectory(cache);
        File.WriteAllBytes(
            Path.Combine(cache, "mobilevit_s.pt"),
            CheckpointWriter.Write(
                CheckpointContainer.PyTorchZip, TestTensor.Formula(MobileViTVariants.Get(MobileViTVariants.S))));
    }

    private static async Task<(int ExitCode, string Output)> Run(string arguments, TemporaryFolder folder)
    {
        string bin = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet")
        {
            Arguments = $"exec --runtimeconfig \"{bin}UnitTests.runtimeconfig.json\" --depsfile \"{bin}UnitTests.deps.json\" "
                + $"\"{ToolAssembly}\" {arguments}",
            WorkingDirectory = folder.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MOBILEVIT_CACHE"] = folder.PathOf("cache");
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    private static string ToolAssembly => Path.Combine(AppContext.BaseDirectory, "MlNetMobileViT.Tool.dll");

    private static IEnumerable<string> Blocks(string language) =>
        Block().Matches(Readme).Where(match => match.Groups["language"].Value == language)
            .Select(static match => match.Groups["text"].Value.Trim('\n'));

    private static string Unindented(string code)
    {
        string[] lines = code.Trim('\n').Split('\n');
        int indent = lines.Where(static line => line.Trim().Length > 0).Min(static line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..].TrimEnd() : string.Empty)).Trim('\n');
    }

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^dotnet run -c Release --project Tool -- (?<arguments>.+)$")]
    private static partial Regex RunCommand();

    [GeneratedRegex(@"// <(?<name>\w+)>\n(?<code>.*?)\n *// </\k<name>>", RegexOptions.Singleline)]
    private static partial Regex Region();

    private sealed class LabelledPhoto
    {
        public string Path { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
