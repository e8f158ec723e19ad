using Parquet.Serialization;

namespace MlNetMobileViT.UnitTests;

/// <summary>The programs of <c>Examples</c> run as a reader would run them, and do what their first lines say.</summary>
[TestClass]
public sealed class ExampleTests
{
    private static readonly string[] TrainerNames = ["SdcaMaximumEntropy", "LbfgsMaximumEntropy", "LightGbm"];

    [TestMethod]
    public void Each_is_one_short_file_that_says_how_to_run_it()
    {
        string[] projects = Directory.GetFiles(Reference.InRepository("Examples"), "*.csproj", SearchOption.AllDirectories);
        Assert.IsGreaterThan(2, projects.Length);
        foreach (string project in projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            string[] lines = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(project)!, "Program.cs"));
            Assert.IsLessThan(80, lines.Length, name);
            Assert.StartsWith("// ", lines[0], name);
            Assert.Contains(line => line.Contains($"dotnet run -c Release --project Examples/{name}"), lines, name);
        }
    }

    [TestMethod]
    public void ClassifyFolder_names_what_is_in_the_samples()
    {
        using var folder = new TemporaryFolder();
        var run = ExampleRun.Of("ClassifyFolder", folder);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        foreach (string sample in Directory.GetFiles(ExampleRun.Samples))
        {
            string row = run.Output.Split('\n').Single(line => line.StartsWith(Path.GetFileName(sample), StringComparison.Ordinal));
            Assert.Contains($" {Path.GetFileNameWithoutExtension(sample).Replace('_', ' ')} ", row);
        }
    }

    [TestMethod]
    public void ClassifyFolder_says_what_could_not_be_read()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("bad.jpg"), "no picture");
        File.Copy(Path.Combine(ExampleRun.Samples, "red_ring.jpg"), folder.PathOf("good.jpg"));
        var run = ExampleRun.Of("ClassifyFolder", folder, folder.Root);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.MatchesRegex(@"bad\.jpg +- +- +\S.*bad\.jpg", run.Output);
        Assert.MatchesRegex(@"good\.jpg +red ring ", run.Output);
        Assert.Contains("2 pictures, 1 could not be read", run.Output);

        ExampleRun.Of("ClassifyFolder", folder, folder.PathOf("gone")).AssertRefused("gone");
        ExampleRun.Of("ClassifyFolder", folder, folder.Root, folder.PathOf("gone.onnx")).AssertRefused("gone.onnx");
    }

    [TestMethod]
    public async Task BatchScoring_writes_each_picture_once()
    {
        using var folder = new TemporaryFolder();
        string pictures = folder.PathOf("pictures");
        Demo.Fill(Path.Combine(pictures, "a"), 20);
        Demo.Fill(Path.Combine(pictures, "b"), 10);
        string[] bad = [Path.Combine(pictures, "a", "005x.png"), Path.Combine(pictures, "last.webp")];
        Array.ForEach(bad, static path => File.WriteAllText(path, "no picture"));
        File.WriteAllText(Path.Combine(pictures, "notes.txt"), "not an input");

        var run = ExampleRun.Of("BatchScoring", folder, pictures, "out.parquet");
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.Contains("32 pictures, 2 with an error", run.Output);
        var rows = await ParquetSerializer.DeserializeAsync<ParquetRow>(folder.PathOf("out.parquet"));
        CollectionAssert.AreEqual(
            Directory.GetFiles(pictures, "*", SearchOption.AllDirectories).Where(static path => !path.EndsWith(".txt", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).ToArray(),
            rows.Data.Select(static row => row.Path).ToArray());
        foreach (ParquetRow row in rows.Data)
        {
            Assert.AreEqual(bad.Contains(row.Path), row.Error is not null, row.Path);
            Assert.AreEqual(row.Error is null, row.Label is not null && row.Probability > 0.5f, row.Path);
        }

        string[] expected = [.. Demo.Samples.Select(static path => Path.GetFileNameWithoutExtension(path).Replace('_', ' '))];
        CollectionAssert.AreEqual(expected, rows.Data.Skip(21).Take(6).Select(static row => row.Label).ToArray());
        Assert.IsFalse(File.Exists(folder.PathOf("out.parquet.partial")));
    }

    [TestMethod]
    public void BatchScoring_refuses_what_it_cannot_do()
    {
        using var folder = new TemporaryFolder();
        ExampleRun.Of("BatchScoring", folder, folder.Root).AssertRefused("no picture");
        Assert.IsEmpty(Directory.GetFiles(folder.Root));
        ExampleRun.Of("BatchScoring", folder, ExampleRun.Samples, folder.PathOf("gone", "out.parquet")).AssertRefused("out.parquet");
    }

    [TestMethod]
    public void FeaturesForTraining_compares_trainers_and_saves_what_plain_MLNET_loads()
    {
        using var folder = new TemporaryFolder();
        ColoredImages.Draw(folder.PathOf("pictures"));
        Directory.Move(folder.PathOf("pictures", "blue"), folder.PathOf("pictures", "blue_circle"));
        // Left out, not learnt from.
        File.WriteAllText(folder.PathOf("pictures", "red", "bad.png"), "no picture");
        var run = ExampleRun.Of("FeaturesForTraining", folder, "pictures", "saved.zip");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        foreach (string trainer in TrainerNames)
        {
            Assert.MatchesRegex($@"(?m)^{trainer}MulticlassTrainer +(100|9\d|8\d)\.\d", run.Output);
        }

        // Elsewhere, without the pictures it was trained on.
        using var other = new TemporaryFolder();
        File.Move(folder.PathOf("saved.zip"), other.PathOf("moved.zip"));
        File.Move(folder.PathOf("pictures", "red", "03.png"), other.PathOf("picture.png"));
        var prediction = ExampleRun.Of("FeaturesForTraining", other, "--predict", "moved.zip", "picture.png");
        Assert.AreEqual(0, prediction.ExitCode, prediction.Error);
        Assert.MatchesRegex(@"^picture\.png: red \(", prediction.Output);
        Assert.AreEqual(1, ExampleRun.Of("FeaturesForTraining", other, "--predict", "moved.zip", "gone.png").ExitCode);
        ExampleRun.Of("FeaturesForTraining", folder, folder.PathOf("pictures", "blue_circle")).AssertRefused("classes");
    }

    private sealed class ParquetRow
    {
        public string Path { get; set; } = "";

        public string? Label { get; set; }

        public float? Probability { get; set; }

        public string? Error { get; set; }
    }
}
