using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class TrainCommandTests
{
    [TestMethod]
    [DataRow("lbfgs", 100)]
    [DataRow("sdca", 100)]
    [DataRow("knn", 100)]
    [DataRow("lightgbm", 90)] // Trees of ten examples split on one feature.
    public async Task Each_trainer_learns_two_classes_and_predict_uses_what_it_saved(string trainer, double accuracy)
    {
        LightGbmLibrary.SkipWhereMissing(trainer);
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        ColoredImages.Draw(images);
        string model = folder.PathOf("model.zip");
        CommandRun train = await CommandRun.Of(
            "train", images, "-t", trainer, "-o", model, "--cache", folder.PathOf("cache"), "--folds", "2", "--no-learning-curve",
            "--predictions", folder.PathOf("held.csv"));
        Assert.AreEqual(0, train.ExitCode, train.Error);
        string[] held = await File.ReadAllLinesAsync(folder.PathOf("held.csv"));
        Assert.AreEqual("path,error,truth,prediction,probability,rank,correct", held[0]);
        Assert.HasCount(20, held.Skip(1).Distinct().ToArray());
        Assert.AreEqual(AccuracyOf(train), 5.0 * held.Count(line => line.EndsWith(",1,true", StringComparison.Ordinal)), 1e-9);
        Assert.IsGreaterThanOrEqualTo(accuracy, AccuracyOf(train));
        Assert.Contains("2-fold cross-validation over 20 images", train.Output);

        string csv = folder.PathOf("predicted.csv");
        File.WriteAllText(folder.PathOf("images", "red", "broken.png"), "");
        CommandRun predict = await CommandRun.Of("predict", model, images, "-r", "-o", csv, "--top", "1", "-q");
        Assert.AreEqual(1, predict.ExitCode, predict.Error);
        string[] lines = [.. File.ReadLines(csv).Skip(1)];
        Assert.HasCount(21, lines);
        Assert.HasCount(10, lines.Where(line => line.Contains("/blue/", StringComparison.Ordinal) && line.Contains(",,blue,", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(10, lines.Where(line => line.Contains("/red/", StringComparison.Ordinal) && line.Contains(",,red,", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public async Task Features_are_computed_once_and_the_report_shows_what_was_confused()
    {
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        ColoredImages.Draw(images);
        // One red picture among the blue ones cannot but be confused.
        File.Copy(folder.PathOf("images", "red", "00.png"), folder.PathOf("images", "blue", "<b>.png"));
        string report = folder.PathOf("report.html");
        string[] arguments =
        [
            "train", images, "-o", folder.PathOf("m.zip"), "--cache", folder.PathOf("cache"), "--folds", "3", "--report", report,
        ];
        CommandRun first = await CommandRun.Of(arguments);
        CommandRun second = await CommandRun.Of(arguments);
        Assert.AreEqual(0, second.ExitCode, second.Error);
        Assert.DoesNotContain("featurized before", first.Error);
        Assert.Contains("21 of 21 images were featurized before", second.Error);
        Assert.AreEqual(first.Output, second.Output);
        string page = await File.ReadAllTextAsync(report);
        Assert.Contains("blue taken for red", second.Output);
        Assert.DoesNotContain("<b>.png", page);
        Assert.Contains("u003Cb\\u003E.png", page);
    }

    [TestMethod]
    public async Task All_trainers_are_compared_on_the_screen_the_page_and_in_the_metrics_and_the_best_is_saved()
    {
        LightGbmLibrary.SkipWhereMissing("lightgbm");
        using var folder = new TemporaryFolder();
        string images = folder.PathOf("images");
        ColoredImages.Draw(images);
        foreach (string extra in Directory.GetFiles(folder.PathOf("images", "blue")).Order(StringComparer.Ordinal).Skip(3))
        {
            File.Delete(extra);
        }

        string report = folder.PathOf("r.html");
        string metrics = folder.PathOf("m.json");
        CommandRun run = await CommandRun.Of(
            "train", images, "-t", "all", "-o", folder.PathOf("m.zip"), "--cache", folder.PathOf("cache"), "--report", report,
            "--metrics", metrics, "--class-weights", "balanced", "--layer", "logits"); // Few features: SDCA is slow with many.
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("note: 3 folds instead of 5: the class 'blue' has 3 images, and each fold needs one.", run.Error);
        Assert.Contains("3-fold cross-validation over 13 images", run.Output);

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(metrics));
        JsonElement[] trainers = [.. json.RootElement.GetProperty("trainers").EnumerateArray()];
        CollectionAssert.AreEqual(
            FeatureTrainer.All.Select(static trainer => trainer.Name).ToArray(),
            trainers.Select(static trainer => trainer.GetProperty("trainer").GetString()).ToArray());
        string best = json.RootElement.GetProperty("trainer").GetString()!;
        Assert.AreEqual(
            trainers.Max(static trainer => trainer.GetProperty("accuracy").GetDouble()),
            trainers.Single(trainer => trainer.GetProperty("trainer").GetString() == best).GetProperty("accuracy").GetDouble());
        Assert.AreEqual(3, json.RootElement.GetProperty("folds").GetInt32());
        Assert.AreEqual("balanced", json.RootElement.GetProperty("class_weights").GetString());
        Assert.AreEqual(13, json.RootElement.GetProperty("images").GetInt32());
        Assert.AreEqual(AccuracyOf(run), 100 * json.RootElement.GetProperty("accuracy").GetDouble(), 0.05);
        JsonElement[] curve = [.. json.RootElement.GetProperty("learning_curve").EnumerateArray()];
        Assert.AreEqual("0.1 0.25 0.5 1", string.Join(' ', curve.Select(static point => point.GetProperty("share").GetRawText())));
        Assert.AreEqual("null null 4 9", string.Join(' ', curve.Select(static point => point.GetProperty("images").GetRawText())));
        Assert.AreEqual("which would leave a class without images", curve[1].GetProperty("left_out").GetString());
        Assert.AreEqual(JsonValueKind.Null, curve[2].GetProperty("left_out").ValueKind);

        string page = await File.ReadAllTextAsync(report);
        Assert.Contains($"trainer {best}", run.Output);
        Assert.Contains($"taken: {best}", run.Output);
        Assert.Contains($"the same for each trainer; taken: {best}.", page);
        Assert.Contains("<h2>Learning curve</h2>", page);
        Assert.Contains("learning curve: 50 % of the training images (4): ", run.Output);
        Assert.Contains("not measured: 10 %, 25 %, which would leave a class without images", run.Output);
        foreach (FeatureTrainer trainer in FeatureTrainer.All)
        {
            Assert.IsTrue(run.Lines.Any(line => Regex.IsMatch(line, $@"^{trainer.Name} +[\d.]+ ± [\d.]+ % ")), run.Output);
            Assert.Contains($"<td>{trainer.Name}</td>", page);
        }

        Assert.AreEqual(0, (await CommandRun.Of("predict", folder.PathOf("m.zip"), images, "-r", "-q", "-o", folder.PathOf("p.csv"))).ExitCode);
    }

    [TestMethod]
    public async Task Without_a_learning_curve_nothing_is_said_of_it()
    {
        using var folder = new TemporaryFolder();
        ColoredImages.Draw(folder.PathOf("images"));
        CommandRun run = await CommandRun.Of(
            "train", folder.PathOf("images"), "-t", "knn", "-o", folder.PathOf("m.zip"), "--cache", folder.PathOf("c"), "--no-learning-curve",
            "--metrics", folder.PathOf("m.json"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.DoesNotContain("learning curve", run.Output);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.PathOf("m.json")));
        Assert.IsFalse(json.RootElement.TryGetProperty("learning_curve", out _));
        Assert.IsFalse(json.RootElement.TryGetProperty("trainers", out _));
        Assert.AreEqual(JsonValueKind.Null, json.RootElement.GetProperty("folds").ValueKind);
    }

    [TestMethod]
    public async Task Mlnets_own_loader_reads_the_saved_model()
    {
        using var folder = new TemporaryFolder();
        ColoredImages.Draw(folder.PathOf("images"));
        string model = folder.PathOf("m.zip");
        Assert.AreEqual(0, (await CommandRun.Of("train", folder.PathOf("images"), "-o", model, "--cache", folder.PathOf("c"))).ExitCode);
        var context = new MLContext();
        context.ComponentCatalog.RegisterAssembly(typeof(MobileViTModel).Assembly);
        ITransformer loaded = context.Model.Load(model, out DataViewSchema input);
        Assert.IsNotNull(input.GetColumnOrNull("Path"));
        Assert.IsNotNull(loaded.GetOutputSchema(input).GetColumnOrNull("PredictedLabel"));
    }

    [TestMethod]
    public async Task Each_folder_that_cannot_be_trained_on_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        string output = folder.PathOf("m.zip");
        string cache = folder.PathOf("cache");
        string images = folder.PathOf("images");
        (await CommandRun.Of("train", images, "-o", output, "--cache", cache)).AssertRefused("no folder", images);
        Directory.CreateDirectory(images);
        (await CommandRun.Of("train", images, "-o", output, "--cache", cache)).AssertRefused("no image", images);
        File.Copy(Demo.Samples[0], Path.Combine(images, "a.jpg"));
        (await CommandRun.Of("train", images, "-o", output, "--cache", cache)).AssertRefused("no subfolders");
        Demo.Fill(Path.Combine(images, "one"), 3);
        (await CommandRun.Of("train", images, "-o", output, "--cache", cache)).AssertRefused("one class, 'one'");
        Demo.Fill(Path.Combine(images, "single"), 1);
        (await CommandRun.Of("train", images, "-o", output, "--cache", cache)).AssertRefused("'single' has 1 readable image");
        File.WriteAllText(Path.Combine(images, "single", "broken.jpg"), "");
        (await CommandRun.Of("train", images, "-o", output, "--cache", cache)).AssertRefused("'single' has 1 readable image");
        (await CommandRun.Of("train", images, "-o", output, "--trainer", "svm")).AssertRefused("svm", "lbfgs, sdca, lightgbm");
        (await CommandRun.Of("train", images, "-o", output, "--trainer", "all", "--cache", cache)).AssertRefused("'single' has 1 readable image");
        (await CommandRun.Of("train", images, "-o", output, "--trainer", "all", "--folds", "4", "--cache", cache))
            .AssertRefused("'one' has 3 readable images, and 4 are needed");
        (await CommandRun.Of("train", images, "-o", output, "--class-weights", "even")).AssertRefused("--class-weights", "balanced", "'even'");
        (await CommandRun.Of("train", images, "-o", output, "--metrics", "m.txt")).AssertRefused("--metrics", ".json");
        (await CommandRun.Of("train", images, "-o", output, "--folds", "1")).AssertRefused("--folds 1");
        (await CommandRun.Of("train", images, "-o", output, "--layer", "layer_9")).AssertRefused("layer_9", "features");
        (await CommandRun.Of("predict", output, images)).AssertRefused("There is no model");
        (await CommandRun.Of("predict", Demo.Samples[0], images)).AssertRefused("not a model that 'train' wrote");
        Assert.IsFalse(File.Exists(output));
    }

    [TestMethod]
    public async Task An_empty_class_folder_is_left_out_and_said()
    {
        using var folder = new TemporaryFolder();
        ColoredImages.Draw(folder.PathOf("images"));
        Directory.CreateDirectory(folder.PathOf("images", "green"));
        CommandRun run = await CommandRun.Of(
            "train", folder.PathOf("images"), "-o", folder.PathOf("m.zip"), "--cache", folder.PathOf("cache"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("'green' has no images", run.Error);
    }

    [TestMethod]
    [DataRow("lbfgs")]
    [DataRow("sdca")]
    [DataRow("lightgbm")]
    [DataRow("all")]
    public async Task Copies_of_one_image_are_nothing_to_learn_from(string trainer)
    {
        using var folder = new TemporaryFolder();
        foreach (string path in Demo.Fill(folder.PathOf("images", "red"), 6).Concat(Demo.Fill(folder.PathOf("images", "blue"), 6)))
        {
            File.Copy(Demo.Samples[0], path, overwrite: true);
        }

        string model = folder.PathOf("m.zip");
        (await CommandRun.Of("train", folder.PathOf("images"), "-t", trainer, "-o", model, "--cache", folder.PathOf("cache")))
            .AssertRefused("have the same features", "--layer");
        Assert.IsFalse(File.Exists(model));
    }

    [TestMethod]
    public async Task A_classifier_that_learned_nothing_is_said_to_on_the_screen_and_in_the_report()
    {
        LightGbmLibrary.SkipWhereMissing("lightgbm");
        using var folder = new TemporaryFolder();
        ColoredImages.Draw(folder.PathOf("images"));
        foreach (string path in Directory.GetFiles(folder.PathOf("images"), "*", SearchOption.AllDirectories))
        {
            if (string.CompareOrdinal(Path.GetFileName(path), "03.png") > 0)
            {
                File.Delete(path);
            }
        }

        string report = folder.PathOf("report.html");
        CommandRun run = await CommandRun.Of(
            "train", folder.PathOf("images"), "-t", "lightgbm", "-o", folder.PathOf("m.zip"), "--cache", folder.PathOf("c"), "--report", report);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("note: the classifier learned nothing: it takes every one of the 8 images", run.Error);
        Assert.Contains("learned nothing", await File.ReadAllTextAsync(report));
    }

    [TestMethod]
    public async Task A_systems_folders_are_no_classes()
    {
        using var folder = new TemporaryFolder();
        ColoredImages.Draw(folder.PathOf("images"));
        foreach (string name in new[] { ".ipynb_checkpoints", "@eaDir", Path.Combine("red", ".ipynb_checkpoints") })
        {
            Demo.Fill(folder.PathOf("images", name), 1);
        }

        CommandRun run = await CommandRun.Of(
            "train", folder.PathOf("images"), "-o", folder.PathOf("m.zip"), "--cache", folder.PathOf("cache"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("2 classes, 20 images", run.Output);
        Assert.Contains("'.ipynb_checkpoints'", run.Error);
        Assert.Contains("'@eaDir'", run.Error);
    }

    [TestMethod]
    [RequiresReference]
    public async Task The_demo_models_features_tell_the_shapes_apart()
    {
        using var folder = new TemporaryFolder();
        foreach (string line in File.ReadLines(Reference.PathOf("demo", "eval.csv")).Skip(1))
        {
            string[] fields = line.Split(',');
            Directory.CreateDirectory(folder.PathOf("shapes", fields[1]));
            File.CreateSymbolicLink(folder.PathOf("shapes", fields[1], fields[0]), Reference.PathOf("demo", "eval", fields[0]));
        }

        CommandRun run = await CommandRun.Of(
            "train", folder.PathOf("shapes"), "-o", folder.PathOf("m.zip"), "--cache", folder.PathOf("cache"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.IsGreaterThanOrEqualTo(99, AccuracyOf(run));
    }

    private static double AccuracyOf(CommandRun run) =>
        double.Parse(Regex.Match(run.Output, @"accuracy ([\d.]+) %").Groups[1].Value, CultureInfo.InvariantCulture);
}
