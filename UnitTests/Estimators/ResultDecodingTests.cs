using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>A decoder gets each row once, with the place of its pixels in the picture, whatever the way.</summary>
[TestClass]
public sealed class ResultDecodingTests
{
    private const int Width = 50;
    private const int Height = 40;

    private static readonly byte[] File6 = Encoded.WithExif(
        Encoded.Encode(Pixels.Draw(Width, Height, seed: 1), Width, Height, SKEncodedImageFormat.Png),
        SKEncodedImageFormat.Png,
        Encoded.Orientation(type: 3, [6], size: 2, littleEndian: true));

    // Upright, the file of orientation 6 is as wide as it is high when stored.
    private static readonly float[] Turned = [Height, Width, 6];
    private static readonly float[] Plain = [Width, Height, 1];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("Path")]
    [DataRow("Bytes")]
    [DataRow("Image")]
    [DataRow("Pixels")]
    public void Geometry_travels_with_the_row_to_the_decoder(string column)
    {
        using var folder = new TemporaryFolder();
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(Rows(folder, 1));
        using ModelScorer scorer = Scorer(model, out _);
        ImageMapping mapping = Mapping(column, scorer);
        float[]? expected = column switch { "Pixels" => null, "Image" => Plain, _ => Turned };

        float[] ofCursor = new ImageDataView(mapping, data).Vectors("Where")[0];
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        Assert.IsTrue(cursor.MoveNext());
        var mapper = new ImageRowMapper(mapping, data.Schema);
        using DataViewRow row = mapper.GetRow(cursor, mapper.OutputSchema);
        VBuffer<float> ofRow = default;
        row.GetGetter<VBuffer<float>>(mapper.OutputSchema["Where"])(ref ofRow);

        foreach (float[] actual in (float[][])[ofCursor, [.. ofRow.DenseValues()]])
        {
            if (expected is null)
            {
                Assert.IsTrue(actual.All(static value => value == 0));
            }
            else
            {
                CollectionAssert.AreEqual(expected, actual);
            }
        }
    }

    [TestMethod]
    public void The_mappings_of_a_saved_pipeline_pass_the_picture_on()
    {
        using var folder = new TemporaryFolder();
        Row row = Rows(folder, 1)[0];
        ImageStep step = new PreprocessingStep
        {
            InputColumnName = "Path",
            OutputColumnName = "Pixels",
            Preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Cvnets, 32, 32),
            Options = new MobileViTPreprocessingOptions { BadImages = BadImageHandling.Mark },
        };
        ReadOnlyMemory<char> settings = step.ToJson().AsMemory();
        PreprocessedRow ofPath = new(), ofBytes = new(), ofPixels = new();
        Action<PathRow, PreprocessedRow> mapping = new PathMapping().GetMapping();

        mapping(new PathRow { Settings = settings, Image = row.Path.AsMemory() }, ofPath);
        new EncodedMapping().GetMapping()(
            new EncodedRow { Settings = settings, Image = new VBuffer<byte>(row.Bytes.Length, row.Bytes) }, ofBytes);
        new PixelsMapping().GetMapping()(
            new PixelsRow { Settings = settings, Image = new VBuffer<float>(row.Pixels.Length, row.Pixels) }, ofPixels);

        int[] turned = [Height, Width, 6];
        CollectionAssert.AreEqual(turned, ofPath.Picture.GetValues().ToArray());
        CollectionAssert.AreEqual(turned, ofBytes.Picture.GetValues().ToArray());
        Assert.AreEqual(0, ofPixels.Picture.Length);
        // Nothing of the row before stays where the next has no picture.
        mapping(new PathRow { Settings = settings, Image = "none.png".AsMemory() }, ofPath);
        Assert.AreEqual(0, ofPath.Picture.Length);
        Assert.IsFalse(ofPath.Error.IsEmpty);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Rows_are_decoded_once_however_often_their_values_are_read(int batchSize)
    {
        using var folder = new TemporaryFolder();
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(Rows(folder, 7));
        using ModelScorer scorer = Scorer(model, out WhereDecoder decoder, batchSize);
        var view = new ImageDataView(Mapping("Bytes", scorer), data);
        using (DataViewRowCursor cursor = view.GetRowCursor(view.Schema))
        {
            ValueGetter<VBuffer<float>> where = cursor.GetGetter<VBuffer<float>>(view.Schema["Where"]);
            ValueGetter<float> first = cursor.GetGetter<float>(view.Schema["First"]);
            while (cursor.MoveNext())
            {
                VBuffer<float> values = default;
                float logit = 0;
                where(ref values);
                where(ref values);
                first(ref logit);
                first(ref logit);
                CollectionAssert.AreEqual(Turned, values.DenseValues().ToArray());
                Assert.AreNotEqual(0, logit);
            }
        }

        Assert.AreEqual(7, decoder.Decoded);
    }

    private static ImageMapping Mapping(string column, ModelScorer scorer) =>
        new(new ImageColumn(column, [3, TinyModel.Side, TinyModel.Side]), scorer, new MobileViTScoringOptions { Threads = 2 });

    private static ModelScorer Scorer(MobileViTModel model, out WhereDecoder decoder, int batchSize = 1)
    {
        decoder = new WhereDecoder(model.GetOutput(ModelOutputs.Logits));
        return new ModelScorer(model.Session, new ImagePreprocessor(model.Preprocessing), decoder, batchSize);
    }

    private static Row[] Rows(TemporaryFolder folder, int count)
    {
        string path = folder.PathOf("turned.png");
        File.WriteAllBytes(path, File6);
        return
        [
            .. Enumerable.Range(0, count).Select(_ => new Row
            {
                Path = path,
                Bytes = File6,
                Image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Rgba32, Pixels.Draw(Width, Height, seed: 2)),
            }),
        ];
    }

    /// <summary>Writes what it is told of the picture, and the first logit.</summary>
    private sealed class WhereDecoder(ModelOutput logits) : IResultDecoder
    {
        private static readonly OutputColumn<float> Where =
            new("Where", new VectorDataViewType(NumberDataViewType.Single, 3), index: 0, float.NaN);

        private static readonly OutputColumn<float> First = new("First", NumberDataViewType.Single, index: 1, float.NaN);

        private int _decoded;

        public int Decoded => _decoded;

        public IReadOnlyList<ModelOutput> Outputs { get; } = [logits];

        public IReadOnlyList<OutputColumn> Columns { get; } = [Where, First];

        public void Decode(ImageOutputs outputs, ImageGeometry? geometry, RowResult row)
        {
            Interlocked.Increment(ref _decoded);
            float[] where = geometry is { } known ? [known.Width, known.Height, known.ExifOrientation] : new float[3];
            where.CopyTo(row.Values(Where));
            row.Values(First)[0] = outputs[0][0];
        }
    }

    private sealed class Row
    {
        public string Path { get; set; } = "";

        public byte[] Bytes { get; set; } = [];

        [Microsoft.ML.Transforms.Image.ImageType(1, 1)]
        public MLImage? Image { get; set; }

        [VectorType(3 * TinyModel.Side * TinyModel.Side)]
        public float[] Pixels { get; set; } = new float[3 * TinyModel.Side * TinyModel.Side];
    }
}
