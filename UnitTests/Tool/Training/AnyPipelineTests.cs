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
}
