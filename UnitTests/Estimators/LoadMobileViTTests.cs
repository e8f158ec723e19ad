using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetMobileViT.UnitTests;

/// <summary>The fast loader changes the steps of this library and nothing else.</summary>
[TestClass]
public sealed class LoadMobileViTTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void What_was_appended_to_a_loaded_pipeline_is_kept()
    {
        using var images = new DrawnImages(6);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var loaded = (TransformerChain<ITransformer>)Saved(
            _mlContext.Transforms.FeaturizeImages("Features", model, "Path").Fit(data), data, images.PathOf("features.zip"));
        var clusters = _mlContext.Clustering.Trainers.KMeans("Features", numberOfClusters: 2).Fit(loaded.Transform(data));
        TransformerChain<ITransformer> appended = loaded
            .Append<ITransformer>(
                _mlContext.Transforms.CopyColumns("OnlyInTraining", "Path").Fit(data), TransformerScope.TrainTest)
            .Append<ITransformer>(clusters)
            .Append<ITransformer>(_mlContext.Transforms.DropColumns("Kind").Fit(data));
        string path = images.PathOf("clusters.zip");
        _mlContext.Model.Save(appended, data.Schema, path);

        using var fast = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(path, out _);

        CollectionAssert.AreEqual(
            (Type[])
            [
                typeof(MobileViTScoringTransformer), typeof(ColumnCopyingTransformer), typeof(ColumnSelectingTransformer),
            ],
            fast.Select(static transformer => transformer.GetType()).Where(static type => !type.IsGenericType).ToArray());
        Assert.HasCount(4, fast);
        CollectionAssert.AreEqual(
            appended.Transform(data).GetColumn<uint>("PredictedLabel").ToArray(),
            fast.Transform(data).GetColumn<uint>("PredictedLabel").ToArray());
        CollectionAssert.DoesNotContain(Names(fast.GetOutputSchema(data.Schema)), "Kind");
        CollectionAssert.DoesNotContain(Names(fast.GetOutputSchema(data.Schema)), "OnlyInTraining");
        CollectionAssert.Contains(Names(fast.GetOutputSchema(data.Schema, TransformerScope.Training)), "OnlyInTraining");
        loaded.Dispose();
    }

    [TestMethod]
    public void Steps_side_by_side_in_one_chain_are_told_apart()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        using var first = (TransformerChain<ITransformer>)Saved(
            _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path").Fit(data), data, images.PathOf("first.zip"));
        using var second = (TransformerChain<ITransformer>)Saved(
            _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data), data, images.PathOf("second.zip"));
        ITransformer copy = _mlContext.Transforms.CopyColumns("Copy", "Path").Fit(data);
        string path = images.PathOf("both.zip");
        _mlContext.Model.Save(new TransformerChain<ITransformer>([copy, .. first, copy, .. second, copy]), data.Schema, path);

        using var fast = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(path, out _);

        CollectionAssert.AreEqual(
            (Type[])
            [
                typeof(ColumnCopyingTransformer), typeof(MobileViTClassificationTransformer), typeof(ColumnCopyingTransformer),
                typeof(MobileViTScoringTransformer), typeof(ColumnCopyingTransformer),
            ],
            fast.Select(static transformer => transformer.GetType()).ToArray());
    }

    [TestMethod]
    public void What_FeaturizeImages_once_saved_under_a_name_of_its_own_loads_as_any_that_scores()
    {
        using var images = new DrawnImages(3);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        var step = new FeaturizationStep
        {
            InputColumnName = "Path",
            OutputColumnName = "Features",
            ModelOutput = ModelOutputs.Features,
            Preprocessing = model.Preprocessing,
            Options = new(),
        };
        using var former = new MobileViTScoringTransformer(new SharedModel(model, isOwned: false), step, StepSaver.Instance);
        using var now = _mlContext.Transforms.FeaturizeImages("Features", model, "Path").Fit(data);
        string path = images.PathOf("features.zip");
        _mlContext.Model.Save(former, data.Schema, path);
        Assert.Contains("\"kind\":\"featurize\"", ((ImageStep)step).ToJson());
        _mlContext.ComponentCatalog.RegisterAssembly(typeof(MobileViTModel).Assembly);

        using var fast = (MobileViTScoringTransformer)_mlContext.Model.LoadMobileViT(path, out _);
        ITransformer plain = _mlContext.Model.Load(path, out _);

        for (int i = 0; i < 3; i++)
        {
            float[] expected = now.Transform(data).Vectors("Features")[i];
            CollectionAssert.AreEqual(expected, fast.Transform(data).Vectors("Features")[i]);
            Assert.IsLessThanOrEqualTo(1e-5, Numbers.MaxDifference(expected, plain.Transform(data).Vectors("Features")[i]));
        }

        (plain as IDisposable)?.Dispose();
    }

    [TestMethod]
    public void A_step_that_was_taken_apart_stays_as_it_is()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        using var loaded = (TransformerChain<ITransformer>)Saved(
            _mlContext.Transforms.ScoreImages("Logits", model, "Path").Fit(data), data, images.PathOf("whole.zip"));
        string path = images.PathOf("part.zip");
        _mlContext.Model.Save(new TransformerChain<ITransformer>([.. loaded.SkipLast(1)]), data.Schema, path);

        using var part = (TransformerChain<ITransformer>)_mlContext.Model.LoadMobileViT(path, out _);

        Assert.HasCount(loaded.Count() - 1, part);
        Assert.HasCount(4, part.Transform(data).Vectors("Logits"));
    }

    private static string[] Names(DataViewSchema schema) => [.. schema.Select(static column => column.Name)];

    private ITransformer Saved(ITransformer transformer, IDataView data, string path)
    {
        _mlContext.Model.Save(transformer, data.Schema, path);
        return _mlContext.Model.Load(path, out _);
    }
}
