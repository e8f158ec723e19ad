using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT.UnitTests;

/// <summary>A saved pipeline gives the same numbers wherever it is loaded.</summary>
[TestClass]
public sealed class SavingTests
{
    private static readonly string[] SavedColumns = ["Path", "Bytes"];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("Path")]
    [DataRow("Bytes")]
    [DataRow("Image")]
    public void Every_step_and_type_of_input_survives(string column)
    {
        using var images = new DrawnImages(5);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = Data(images);
        var mark = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark };
        var pipeline = _mlContext.Transforms
            .PreprocessImages("pixels", model.Preprocessing, column, mark with { ErrorColumnName = "PixelsError" })
            .Append(_mlContext.Transforms.ScoreImages("logits", model, "pixels", options: mark with { ErrorColumnName = "LogitsError" }))
            .Append(_mlContext.Transforms.FeaturizeImages("Features", model, column, options: mark with { ErrorColumnName = "FeaturesError" }))
            .Append(_mlContext.Transforms.ClassifyImages("PredictedLabel", model, column, new()
            {
                BadImages = BadImageHandling.Mark,
                TopK = 2,
                ScoreColumnName = "probabilities",
                AdditionalOutputs = [new("features", ModelOutputs.Features)],
            }))
            .Append(_mlContext.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"))
            .Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);
        model.Dispose();

        using MobileViTModel again = TinyModel.Load();
        ITransformer expected = _mlContext.Model.LoadMobileViT(path, out DataViewSchema fastSchema);
        ITransformer plain = new MLContext().Model.Load(path, out DataViewSchema plainSchema);
        using var expectedOwner = (IDisposable)expected;
        using var plainOwner = (IDisposable)plain;

        // ML.NET leaves columns of images out of the schema that it saves.
        foreach (DataViewSchema schema in (DataViewSchema[])[fastSchema, plainSchema])
        {
            CollectionAssert.AreEqual(SavedColumns, schema.Select(static one => one.Name).ToArray());
        }

        AssertSame(expected.Transform(data), plain.Transform(data), tolerance: 1e-5);
        IDataView fresh = _mlContext.Transforms.ScoreImages("logits", again, column, options: mark).Fit(data).Transform(data);
        AssertClose(fresh.Vectors("logits"), expected.Transform(data).Vectors("logits"), tolerance: 0);
        Assert.HasCount(6, plain.Transform(data).Texts("Name"));
    }

    [TestMethod]
    public void Six_steps_give_the_same_before_and_after()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load([.. ModelOutputs.Default, "layer_3"]);
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows.Append(new ImageRow { Path = "none.jpg" }).ToArray());
        var mark = new MobileViTScoringOptions { BadImages = BadImageHandling.Mark };
        TransformsCatalog transforms = _mlContext.Transforms;
        using var pipeline = transforms
            .PreprocessImages("pixels", model.Preprocessing, "Path", mark with { ErrorColumnName = "Error 1" })
            .Append(transforms.ScoreImages("logits", model, "pixels", options: mark with { ErrorColumnName = "Error 2" }))
            .Append(transforms.FeaturizeImages("Features", model, "Path", options: mark with { ErrorColumnName = "Error 3" }))
            .Append(transforms.FeaturizeImages("Map", model, "pixels", "layer_3", mark with { ErrorColumnName = "Error 4" }))
            .Append(transforms.ClassifyImages("PredictedLabel", model, "Path", new()
            {
                BadImages = BadImageHandling.Mark,
                TopK = 3,
                AdditionalOutputs = [new("Stage", "layer_3"), new("Logits too", ModelOutputs.Logits)],
                ErrorColumnName = "Error 5",
            }))
            .Append(transforms.ClassifyImages("Second", model, "pixels", new()
            {
                BadImages = BadImageHandling.Mark,
                TopK = 1,
                ScoreColumnName = "Score 2",
                ProbabilityColumnName = "Probability 2",
                TopLabelsColumnName = "TopLabels 2",
                TopProbabilitiesColumnName = "TopProbabilities 2",
                ErrorColumnName = "Error 6",
            }))
            .Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        using var fast = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(path, out _);
        using var plain = (TransformerChain<ITransformer>)_mlContext.Model.Load(path, out _);

        Assert.HasCount(6, fast.OfType<MobileViTTransformer>());
        AssertSame(pipeline.Transform(data), fast.Transform(data), tolerance: 0);
        AssertSame(pipeline.Transform(data), plain.Transform(data), tolerance: 1e-5);
        IDataView row = pipeline.Transform(data);
        CollectionAssert.AreEqual(
            plain.Transform(data).GetColumn<float>("Probability").ToArray(),
            plain.Transform(data).Vectors("TopProbabilities").Select(static top => top[0]).ToArray());
        CollectionAssert.AreEqual(row.Vectors("logits")[0], row.Vectors("Logits too")[0]);
    }

    [TestMethod]
    public void Labels_names_and_columns_are_those_of_the_original()
    {
        using var images = new DrawnImages(2);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var pipeline = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, data.Schema, path);

        ITransformer plain = _mlContext.Model.Load(path, out _);
        using var owner = (IDisposable)plain;
        DataViewSchema expected = pipeline.GetOutputSchema(data.Schema);
        DataViewSchema actual = plain.GetOutputSchema(data.Schema);

        CollectionAssert.AreEqual(
            expected.Select(static column => column.Name).ToArray(),
            actual.Where(static column => !column.IsHidden).Select(static column => column.Name).ToArray());
        CollectionAssert.AreEqual(Names(expected["PredictedLabel"], "KeyValues"), Names(actual["PredictedLabel"], "KeyValues"));
        CollectionAssert.AreEqual(Names(expected["Score"], "SlotNames"), Names(actual["Score"], "SlotNames"));
        Assert.AreEqual(expected["Score"].Type, actual["Score"].Type);
        Assert.AreEqual(expected["PredictedLabel"].Type, actual["PredictedLabel"].Type);

        static string[] Names(DataViewSchema.Column column, string kind)
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            column.Annotations.GetValue(kind, ref names);
            return [.. names.DenseValues().Select(static name => name.ToString())];
        }
    }

    [TestMethod]
    public void A_trained_pipeline_loads_in_another_process_and_predicts_the_same()
    {
        using var images = new DrawnImages(24);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        ITransformer trained = TrainingTests.Pipeline(_mlContext, model).Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(trained, data.Schema, path);
        IDataView scored = trained.Transform(data);
        string[] expected = scored.Texts("Name");
        string[] files = [.. images.Rows.Select(static row => row.Path!)];

        foreach (string loader in (string[])["plain", "fast"])
        {
            CollectionAssert.AreEqual(expected, LoadingProcess.Run([loader, path, "Name", .. files]), loader);
            float[][] scores = [.. LoadingProcess.Run([loader, path, "Score", .. files]).Select(LoadingProcess.Numbers)];
            AssertClose(scored.Vectors("Score"), scores, 1e-5);
        }
    }

    [TestMethod]
    public void The_fast_loader_restores_the_fast_transformers()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        ITransformer trained = TrainingTests.Pipeline(_mlContext, model).Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(trained, data.Schema, path);

        using FileStream stream = File.OpenRead(path);
        var loaded = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(stream, out _);

        var restored = loaded.OfType<MobileViTScoringTransformer>().Single();
        CollectionAssert.AreEqual(model.Labels.ToArray(), restored.Model.Labels.ToArray());
        CollectionAssert.AreEqual(trained.Transform(data).Texts("Name"), loaded.Transform(data).Texts("Name"));
        // What was loaded can be saved again.
        string second = images.PathOf("again.zip");
        _mlContext.Model.Save(loaded, data.Schema, second);
        loaded.Dispose();
        Assert.IsTrue(restored.Model.IsDisposed);
        using var again = (IDisposable)_mlContext.Model.LoadMobileViT(second, out _);
        CollectionAssert.AreEqual(trained.Transform(data).Texts("Name"), ((ITransformer)again).Transform(data).Texts("Name"));
    }

    [TestMethod]
    public void A_pipeline_saved_with_its_data_loader_is_restored_too()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load();
        string table = images.PathOf("images.tsv");
        File.WriteAllLines(table, images.Rows.Select(static row => row.Path!));
        TextLoader loader = _mlContext.Data.CreateTextLoader([new TextLoader.Column("Path", DataKind.String, 0)]);
        IDataView data = loader.Load(table);
        TransformerChain<MobileViTScoringTransformer> pipeline = _mlContext.Transforms.CopyColumns("Copy", "Path")
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Copy")).Fit(data);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(pipeline, loader, path);

        var loaded = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(path, out DataViewSchema schema);
        using (loaded)
        {
            Assert.AreEqual("Path", schema.Single().Name);
            Assert.HasCount(1, loaded.OfType<MobileViTScoringTransformer>());
            AssertClose(pipeline.Transform(data).Vectors("Logits"), loaded.Transform(data).Vectors("Logits"), 0);
        }
    }

    [TestMethod]
    public void Ten_thousand_predictions_of_one_engine_leak_nothing()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        string path = images.PathOf("pipeline.zip");
        _mlContext.Model.Save(
            _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data), data.Schema, path);

        string[] output = LoadingProcess.Run(
            ["engine", path, "10000", .. images.Rows.Select(static row => row.Path!)]);

        // One leaked picture or tensor of a prediction would be 10 KB and more: 90 MB after 9,000 of them.
        Assert.IsLessThan(30_000_000, long.Parse(output.Single(), System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public void A_file_that_is_no_pipeline_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("text.zip"), "This is not a pipeline.");

        var missing = Assert.ThrowsExactly<FileNotFoundException>(
            () => _mlContext.Model.LoadMobileViT(folder.PathOf("none.zip"), out _));
        var text = Assert.ThrowsExactly<InvalidDataException>(
            () => _mlContext.Model.LoadMobileViT(folder.PathOf("text.zip"), out _));

        StringAssert.Contains(missing.Message, "none.zip", StringComparison.Ordinal);
        StringAssert.Contains(text.Message, "text.zip", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_stream_that_cannot_seek_is_refused()
    {
        using var stream = new GZipStream(new MemoryStream(), CompressionMode.Decompress);

        var exception = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Model.LoadMobileViT(stream, out _));

        StringAssert.Contains(exception.Message, "seek", StringComparison.Ordinal);
        Assert.AreEqual("stream", exception.ParamName);
    }

    private static void AssertSame(IDataView expected, IDataView actual, double tolerance)
    {
        string[] names = [.. expected.Schema.Where(static c => !c.IsHidden).Select(static c => c.Name)];
        CollectionAssert.AreEqual(
            names, actual.Schema.Where(static c => !c.IsHidden).Select(static c => c.Name).ToArray());
        foreach (string name in names)
        {
            switch (expected.Schema[name].Type)
            {
                case VectorDataViewType { ItemType: TextDataViewType }:
                    string[][] labels = [.. expected.GetColumn<string[]>(name)];
                    foreach ((string[] one, string[] other) in labels.Zip(actual.GetColumn<string[]>(name)))
                    {
                        CollectionAssert.AreEqual(one, other, name);
                    }

                    break;
                case VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Single:
                    AssertClose(expected.Vectors(name), actual.Vectors(name), tolerance);
                    break;
                case NumberDataViewType type when type == NumberDataViewType.Single:
                    AssertClose(
                        [.. expected.GetColumn<float>(name).Select(static value => (float[])[value])],
                        [.. actual.GetColumn<float>(name).Select(static value => (float[])[value])],
                        tolerance);
                    break;
                case KeyDataViewType:
                    CollectionAssert.AreEqual(
                        expected.GetColumn<uint>(name).ToArray(), actual.GetColumn<uint>(name).ToArray(), name);
                    break;
                case TextDataViewType when name.Contains("Error", StringComparison.Ordinal):
                    // The row's number is known to the fast transformer only.
                    CollectionAssert.AreEqual(
                        expected.Texts(name).Select(static text => text.Length > 0).ToArray(),
                        actual.Texts(name).Select(static text => text.Length > 0).ToArray(),
                        name);
                    break;
                case TextDataViewType:
                    CollectionAssert.AreEqual(expected.Texts(name), actual.Texts(name), name);
                    break;
            }
        }
    }

    private static void AssertClose(float[][] expected, float[][] actual, double tolerance)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            if (float.IsNaN(expected[i][0]))
            {
                Assert.IsTrue(expected[i].All(float.IsNaN) && actual[i].All(float.IsNaN), $"Row {i} is not missing everywhere.");
            }
            else
            {
                Assert.IsLessThanOrEqualTo(tolerance, Numbers.MaxDifference(expected[i], actual[i]));
            }
        }
    }

    private IDataView Data(DrawnImages images) => _mlContext.Data.LoadFromEnumerable(images.Rows
        .Select(static row => new EveryKind
        {
            Path = row.Path!,
            Bytes = File.ReadAllBytes(row.Path!),
            Image = MLImage.CreateFromFile(row.Path!),
        })
        .Append(new EveryKind { Path = "none.jpg" })
        .ToArray());

    private sealed class EveryKind
    {
        public string Path { get; set; } = "";

        public byte[] Bytes { get; set; } = [];

        [ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }
}
