using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>The README's commands run as they are printed, and its C# is programs that compile and run.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Reference.InRepository("README.md"));

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Every_command_runs_as_it_is_printed()
    {
        using var folder = new TemporaryFolder();
        PrepareDownload(folder.PathOf("cache"));
        List<string> others = [];
        int ran = 0;
        foreach (string command in Commands())
        {
            if (ToolCommand().Match(command) is not { Success: true } parts)
            {
                others.Add(command);
                continue;
            }

            (int exitCode, string output) = await SnippetProgram.RunAsync(
                Start(Path.Combine(AppContext.BaseDirectory, "MlNetMobileViT.Tool.dll"), parts.Groups["arguments"].Value, folder));
            Assert.AreEqual(0, exitCode, $"{command}\n{output}");
            ran++;
            if (parts.Groups["arguments"].Value == "demo photos")
            {
                KeepFew(folder.PathOf("photos"));
            }
        }

        Assert.IsGreaterThan(8, ran);
        Assert.HasCount(5 * 16, Directory.GetFiles(folder.PathOf("photos"), "*.jpg", SearchOption.AllDirectories));

        // The rest is run elsewhere: by whoever runs this test, by the tests of the example, and by what tests the packages.
        string packages = File.ReadAllText(Reference.InRepository(".ci", "packages"));
        foreach (string command in others)
        {
            Assert.IsTrue(
                command is "dotnet test -c Release" or "dotnet run -c Release --project Examples/WebService"
                    || packages.Contains(command, StringComparison.Ordinal),
                $"Nothing runs '{command}'.");
        }
    }

    [TestMethod]
    public async Task Every_snippet_is_a_program_that_runs_as_it_is_printed()
    {
        using var folder = new TemporaryFolder();
        await PreparePhotos(folder);
        PrepareDownload(folder.PathOf("cache"));
        string[] snippets = [.. Blocks("csharp")];
        Assert.IsGreaterThan(5, snippets.Length);
        for (int i = 0; i < snippets.Length; i++)
        {
            string assembly = folder.PathOf($"snippet{i}.dll");
            SnippetProgram.Compile(snippets[i], assembly);
            if (SnippetProgram.IsWeb(snippets[i]))
            {
                await Serve(assembly, folder);
                continue;
            }

            (int exitCode, string output) = await SnippetProgram.RunAsync(Start(assembly, "", folder));
            Assert.AreEqual(0, exitCode, $"{snippets[i]}\n{output}");
            // Official weights are here those of a formula, which know no shapes.
            if (i == 0)
            {
                Assert.AreEqual("red ring", output.Trim());
            }
            else if (!Has("LoadOfficial") && (Has("Classify") || Has("PredictionEngine")))
            {
                Assert.Contains("red star", output);
            }

            bool Has(string word) => snippets[i].Contains(word, StringComparison.Ordinal);
        }

        Assert.IsTrue(File.Exists(folder.PathOf("pipeline.zip")));
    }

    [TestMethod]
    public void The_table_has_the_published_models()
    {
        foreach (string variant in MobileViTVariants.Names)
        {
            MobileViTArchitecture architecture = MobileViTVariants.Get(variant);
            string[] accuracies = Array.ConvertAll(["", "-384", "-21k", "-21k-384"], suffix =>
                PublishedWeights.Find(variant + suffix)?.Top1.ToString("0.0#", CultureInfo.InvariantCulture) ?? "");
            string row = string.Create(
                CultureInfo.InvariantCulture,
                $"| `{variant}` | {architecture.ParameterCount:N0} | {MobileViTNetwork.CountMacs(architecture, 256, 256) / 1e9:F2} G | {string.Join(" | ", accuracies)} |");
            Assert.Contains(row.Replace("|  |", "| |", StringComparison.Ordinal).Replace("|  |", "| |", StringComparison.Ordinal), Readme);
        }
    }

    /// <summary>Leaves a few of the demo's pictures of each class, which take the commands behind it a third of the time.</summary>
    private static void KeepFew(string photos)
    {
        foreach (string label in Directory.GetDirectories(photos))
        {
            Array.ForEach([.. Directory.GetFiles(label).Order(StringComparer.Ordinal).Skip(5)], File.Delete);
        }
    }

    /// <summary>Starts a web service, posts a picture to it, and stops it.</summary>
    private async Task Serve(string assembly, TemporaryFolder folder)
    {
        ProcessStartInfo start = Start(assembly, "--urls http://127.0.0.1:0", folder);
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
            string? address = null;
            while (address is null && await process.StandardOutput.ReadLineAsync(TestContext.CancellationToken) is { } line)
            {
                address = Listening().Match(line) is { Success: true } match ? match.Groups["address"].Value : null;
            }

            Assert.IsNotNull(address, process.HasExited ? await error : "It says no address.");
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            using var picture = new ByteArrayContent(await File.ReadAllBytesAsync(folder.PathOf("photo.jpg"), TestContext.CancellationToken));
            picture.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
            using HttpResponseMessage answer = await client.PostAsync("classify", picture, TestContext.CancellationToken);
            Assert.Contains("\"label\":\"red star\"", await answer.Content.ReadAsStringAsync(TestContext.CancellationToken));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>What the snippets find: the demo's pictures, one of them as a photo, and the demo's model under README's names.</summary>
    private static async Task PreparePhotos(TemporaryFolder folder)
    {
        CommandRun run = await CommandRun.Of("demo", folder.PathOf("photos"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        KeepFew(folder.PathOf("photos"));
        File.Copy(folder.PathOf("photos", "red star", "01.jpg"), folder.PathOf("photo.jpg"));
        string model = Reference.InRepository("Tool", "Demo", "mobilevit_xxs_shapes.onnx");
        File.Copy(model, folder.PathOf("mobilevit_s.onnx"));
        File.Copy(model, folder.PathOf("mobilevit_xxs_shapes.onnx"));
        File.Copy(Reference.InRepository("Tool", "Demo", "samples", "red_ring.jpg"), folder.PathOf("red_ring.jpg"));
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

    private static ProcessStartInfo Start(string assembly, string arguments, TemporaryFolder folder)
    {
        ProcessStartInfo start = SnippetProgram.Start(assembly, arguments, folder.Root);
        start.Environment["MOBILEVIT_CACHE"] = folder.PathOf("cache");
        return start;
    }

    private static IEnumerable<string> Commands() =>
        Blocks("sh").SelectMany(static block => block.Split('\n')).Select(static line => line.Trim()).Where(static line => line.Length > 0);

    private static IEnumerable<string> Blocks(string language) =>
        Block().Matches(Readme).Where(match => match.Groups["language"].Value == language)
            .Select(static match => match.Groups["text"].Value.Trim('\n'));

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(mobilevit|dotnet run -c Release --project Tool --) (?<arguments>.+)$")]
    private static partial Regex ToolCommand();

    [GeneratedRegex(@"Now listening on: (?<address>\S+)")]
    private static partial Regex Listening();
}
