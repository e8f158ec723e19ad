using System.Globalization;
using Microsoft.ML;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary><c>predict</c> with a pipeline that <c>train</c> did not write.</summary>
[TestClass]
public sealed class AnyPipelineTests
{
    [TestMethod]
    public async Task A_pipeline_of_another_program_predicts_once_its_column_is_named()
    {
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        ColoredImages.Draw(images);
        string saved = folder.PathOf("pipeline.zip");
        var context = new MLContext(seed: 1);
        IDataView data = context.Data.LoadFromEnumerable(
            Directory.GetFiles(images, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(static file => new { File = file, Label = Path.GetFileName(Path.GetDirectoryName(file))! }));
        var pipeline = context.Transforms.FeaturizeImages("Features", ModelSource.DemoFile, "File")
            .Append(context.Transforms.Conversion.MapValueToKey("Label"))
            .Append(context.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using (var trained = pipeline.Fit(data))
        {
            context.Model.Save(trained, data.Schema, saved);
        }

        (await CommandRun.Of("predict", saved, images, "-r")).AssertRefused("'File', 'Label'", "--path-column");
        (await CommandRun.Of("predict", saved, images, "-r", "--path-column", "No")).AssertRefused("--path-column");
        string csv = folder.PathOf("p.csv");
        CommandRun run = await CommandRun.Of(
            "predict", saved, images, "-r", "-q", "--path-column", "File", "-o", csv, "--top", "1", "--class-index");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        string[] lines = await File.ReadAllLinesAsync(csv);
        Assert.AreEqual("path,error,label_1,index_1,probability_1", lines[0]);
        Assert.HasCount(10, lines.Where(static line => line.Contains("/blue/", StringComparison.Ordinal) && line.Contains(",,blue,0,", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(10, lines.Where(static line => line.Contains("/red/", StringComparison.Ordinal) && line.Contains(",,red,1,", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public async Task A_classifier_of_two_classes_gives_both_with_their_probabilities()
    {
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        ColoredImages.Draw(images);
        var context = new MLContext(seed: 1);
        IDataView data = Load(context, images);
        string saved = Save(
            context,
            folder,
            data,
            context.Transforms.FeaturizeImages("Features", ModelSource.DemoFile, "File")
                .Append(context.BinaryClassification.Trainers.LbfgsLogisticRegression("IsRed")));

        ResultRow[] rows = await PredictAsync(folder, saved, images);
        Assert.HasCount(20, rows);
        foreach (ResultRow row in rows)
        {
            bool isRed = row.Path.Contains("/red/", StringComparison.Ordinal);
            string[] labels = isRed ? ["True", "False"] : ["False", "True"];
            CollectionAssert.AreEqual(labels, row.Labels, row.Path);
            Assert.AreEqual(1, row.Numbers[0] + row.Numbers[1], 1e-6);
            Assert.IsGreaterThan(0.5f, row.Numbers[0]);
            Assert.AreEqual(isRed ? 1 : 0, row.Numbers[2]);
        }
    }

    [TestMethod]
    public async Task Scores_that_nobody_named_are_numbered()
    {
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        ColoredImages.Draw(images);
        var context = new MLContext(seed: 1);
        IDataView data = Load(context, images);
        string saved = Save(
            context,
            folder,
            data,
            context.Transforms.FeaturizeImages("Features", ModelSource.DemoFile, "File")
                .Append(context.Transforms.ProjectToPrincipalComponents("Score", "Features", rank: 3)));

        ResultRow[] rows = await PredictAsync(folder, saved, images);
        foreach (ResultRow row in rows)
        {
            Assert.AreEqual("0 1 2", string.Join(' ', row.Labels.Order(StringComparer.Ordinal)));
            CollectionAssert.AreEqual(row.Labels.Select(label => float.Parse(label, CultureInfo.InvariantCulture)).ToArray(), row.Numbers[3..]);
            CollectionAssert.AreEqual(row.Numbers[..3].OrderDescending().ToArray(), row.Numbers[..3]);
        }
    }

    private static IDataView Load(MLContext context, string images) => context.Data.LoadFromEnumerable(
        Directory.GetFiles(images, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(static file => new { File = file, IsRed = Path.GetFileName(Path.GetDirectoryName(file)) == "red" }));

    private static string Save(MLContext context, TemporaryFolder folder, IDataView data, IEstimator<ITransformer> pipeline)
    {
        string saved = folder.PathOf("pipeline.zip");
        ITransformer trained = pipeline.Fit(data);
        using var disposable = trained as IDisposable;
        context.Model.Save(trained, data.Schema, saved);
        return saved;
    }

    private static async Task<ResultRow[]> PredictAsync(TemporaryFolder folder, string saved, string images)
    {
        string csv = folder.PathOf("p.csv");
        CommandRun run = await CommandRun.Of("predict", saved, images, "-r", "-q", "--path-column", "File", "-o", csv, "--class-index");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return [.. ResultFormat.Of(csv).Read(csv).Rows];
    }
}
