using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT.UnitTests;

/// <summary>Paths, encoded images, decoded images and pixels all score alike; other columns are refused.</summary>
[TestClass]
public sealed class InputColumnTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Every_type_of_column_gives_the_same_values()
    {
        using var images = new DrawnImages(8);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows.Select(static row => new EveryKind
        {
            Path = row.Path!,
            Bytes = File.ReadAllBytes(row.Path!),
            Image = MLImage.CreateFromFile(row.Path!),
        }));
        var pipeline = _mlContext.Transforms.ScoreImages("FromPath", model, "Path")
            .Append(_mlContext.Transforms.ScoreImages("FromBytes", model, "Bytes"))
            .Append(_mlContext.Transforms.ScoreImages("FromImage", model, "Image"))
            .Append(_mlContext.Transforms.PreprocessImages("Pixels", model.Preprocessing, "Path"))
            .Append(_mlContext.Transforms.ScoreImages("FromPixels", model, "Pixels"));

        IDataView scored = pipeline.Fit(data).Transform(data);

        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 3, 32, 32), scored.Schema["Pixels"].Type);
        float[][] expected = scored.Vectors("FromPath");
        foreach (string column in (string[])["FromBytes", "FromImage", "FromPixels"])
        {
            foreach ((float[] one, float[] other) in expected.Zip(scored.Vectors(column)))
            {
                CollectionAssert.AreEqual(one, other, column);
            }
        }
    }

    [TestMethod]
    public void Images_that_LoadImages_loaded_score_like_their_paths_and_can_be_read_along()
    {
        using var images = new DrawnImages(30);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView scored = _mlContext.Transforms.LoadImages("Image", imageFolder: "", "Path")
            .Append(_mlContext.Transforms.ScoreImages("Logits", model, "Image"))
            .Fit(data).Transform(data);
        float[][] expected = [.. _mlContext.Score(data, model).Select(static row => row.Logits)];

        var read = new List<MLImage>();
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<MLImage> image = cursor.GetGetter<MLImage>(scored.Schema["Image"]);
        ValueGetter<VBuffer<float>> logits = cursor.GetGetter<VBuffer<float>>(scored.Schema["Logits"]);
        for (int i = 0; cursor.MoveNext(); i++)
        {
            MLImage pixels = null!;
            VBuffer<float> values = default;
            image(ref pixels);
            logits(ref values);
            read.Add(pixels);
            CollectionAssert.AreEqual(expected[i], values.DenseValues().ToArray());
        }

        // What was handed out stays as it was, though the buffers behind it were used again.
        Assert.HasCount(30, read);
        for (int i = 0; i < read.Count; i++)
        {
            using MLImage original = MLImage.CreateFromFile(images.Rows[i].Path!);
            CollectionAssert.AreEqual(original.Pixels.ToArray(), read[i].Pixels.ToArray());
            read[i].Dispose();
        }
    }

    [TestMethod]
    public void A_folder_can_be_given_for_relative_paths()
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        IDataView absolute = _mlContext.Data.LoadFromEnumerable(images.Rows);
        IDataView relative = _mlContext.Data.LoadFromEnumerable(
            images.Rows.Select(static row => new ImageRow { Path = Path.GetFileName(row.Path) }));

        ScoredRow[] expected = _mlContext.Score(absolute, model);
        ScoredRow[] actual = _mlContext.Score(
            relative, model, new() { ImageFolder = Path.GetDirectoryName(images.Rows[0].Path)! });

        CollectionAssert.AreEqual(expected[2].Logits, actual[2].Logits);
    }

    [TestMethod]
    [DataRow("None", "'None'")]
    [DataRow("Id", "got Int32")]
    [DataRow("Numbers", "got Vector<Single, 7>")]
    [DataRow("Words", "got Vector<String, 2>")]
    public void Another_column_is_refused_by_name_and_type(string column, string expected)
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(new[] { new OtherKinds() });
        var estimators = new IEstimator<ITransformer>[]
        {
            _mlContext.Transforms.PreprocessImages("Out", model.Preprocessing, column),
            _mlContext.Transforms.ScoreImages("Out", model, column),
            _mlContext.Transforms.ClassifyImages("Out", model, column),
            _mlContext.Transforms.FeaturizeImages("Out", model, column),
        };

        foreach (IEstimator<ITransformer> estimator in estimators)
        {
            var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => estimator.Fit(data));

            StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
            StringAssert.Contains(error.Message, $"'{column}'", StringComparison.Ordinal);
            StringAssert.Contains(error.Message, "VarVector<Byte>", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    [DataRow("Id")]
    [DataRow("Words")]
    public void A_pipeline_is_refused_before_any_data_is_read(string column)
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(new[] { new OtherKinds() });
        // The chain asks every estimator for the shape of its output before it fits the first.
        var pipeline = _mlContext.Transforms.CopyColumns("Copy", column)
            .Append(_mlContext.Transforms.ScoreImages("Out", model, "Copy"));

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => pipeline.GetOutputSchema(data.Shape()));

        StringAssert.Contains(error.Message, "'Copy'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Shapes_of_schemas_say_what_the_schemas_say()
    {
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(new[] { new ImageRow() });
        MobileViTClassificationEstimator estimator = _mlContext.Transforms.ClassifyImages(
            "PredictedLabel", model, "Path",
            new() { BadImages = BadImageHandling.Mark, AdditionalOutputs = [new("Features", ModelOutputs.Features)] });

        SchemaShape shape = estimator.GetOutputSchema(data.Shape());
        DataViewSchema schema = estimator.Fit(data).GetOutputSchema(data.Schema);

        CollectionAssert.AreEqual(schema.Select(static c => c.Name).ToArray(), shape.Select(static c => c.Name).ToArray());
        foreach ((DataViewSchema.Column column, SchemaShape.Column columnShape) in schema.Zip(shape))
        {
            Assert.AreEqual(column.Type is KeyDataViewType, columnShape.IsKey, column.Name);
            Assert.AreEqual(
                column.Type is VectorDataViewType,
                columnShape.Kind == SchemaShape.Column.VectorKind.Vector,
                column.Name);
            CollectionAssert.AreEquivalent(
                column.Annotations.Schema.Select(static annotation => annotation.Name).ToArray(),
                columnShape.Annotations.Select(static annotation => annotation.Name).ToArray(),
                column.Name);
        }
    }

    private sealed class EveryKind
    {
        public string Path { get; set; } = "";

        public byte[] Bytes { get; set; } = [];

        [ImageType(1, 1)]
        public MLImage Image { get; set; } = null!;
    }

    private sealed class OtherKinds
    {
        public int Id { get; set; }

        [VectorType(7)]
        public float[] Numbers { get; set; } = new float[7];

        [VectorType(2)]
        public string[] Words { get; set; } = ["", ""];
    }
}
