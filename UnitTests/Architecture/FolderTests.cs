namespace MlNetMobileViT.UnitTests;

/// <summary>The folders of a project use each other in one direction only, so that each can be read and changed by itself.</summary>
[TestClass]
public sealed class FolderTests
{
    [TestMethod]
    [DataRow("Model", "MlNetMobileViT.Model.dll")]
    [DataRow("Estimators", "MlNetMobileViT.dll")]
    [DataRow("Conversion", "MlNetMobileViT.Conversion.dll")]
    [DataRow("Tool", "MlNetMobileViT.Tool.dll")]
    public void No_circle_between_folders(string project, string assembly)
    {
        FolderGraph graph = FolderGraph.Of(Reference.InRepository(project), Path.Combine(AppContext.BaseDirectory, assembly));

        Assert.IsNotEmpty(graph.Uses);
        IReadOnlyList<string> circle = graph.FindCircle();
        IEnumerable<string> examples = circle.Zip(circle.Skip(1), (from, to) => $"\n  {from} → {to}: {graph.Uses[(from, to)]}");
        Assert.IsEmpty(circle, $"The folders of {project} use each other in a circle:{string.Concat(examples)}");
    }

    /// <summary>That the test above sees what it is to see.</summary>
    [TestMethod]
    public void A_circle_is_found()
    {
        FolderGraph graph = FolderGraph.Of(Reference.InRepository("UnitTests", "Architecture", "Circle"), typeof(FolderTests).Assembly.Location);

        string[] expected = ["Left", "Right", "Left"];
        CollectionAssert.AreEqual(expected, graph.FindCircle().ToArray());
    }

    /// <summary>Files whose folder is all that tells where they belong; one namespace a project does the rest.</summary>
    [TestMethod]
    [DataRow("Model", "MlNetMobileViT")]
    [DataRow("Estimators", "MlNetMobileViT")]
    [DataRow("Conversion", "MlNetMobileViT.Conversion")]
    [DataRow("Tool", "MlNetMobileViT.Tool")]
    [DataRow("UnitTests", "MlNetMobileViT.UnitTests")]
    [DataRow("Benchmarks", "MlNetMobileViT.Benchmarks")]
    public void One_namespace_a_project(string project, string name)
    {
        string[] others =
        [
            .. Directory.EnumerateFiles(Reference.InRepository(project), "*.cs", SearchOption.AllDirectories)
                .Where(static file => !file.Split(Path.DirectorySeparatorChar).Intersect(["obj", "bin"]).Any())
                .SelectMany(File.ReadLines)
                .Where(line => line.StartsWith("namespace ", StringComparison.Ordinal) && line != $"namespace {name};"),
        ];
        Assert.IsEmpty(others, string.Join('\n', others));
    }
}
