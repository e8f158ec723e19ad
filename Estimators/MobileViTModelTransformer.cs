using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>What the transformers that run a model have in common.</summary>
public abstract class MobileViTModelTransformer : MobileViTTransformer
{
    private readonly SharedModel _sharedModel;
    private readonly ModelScorer _scorer;
    private readonly ScoringPlan _plan;

    private protected MobileViTModelTransformer(SharedModel model, ImageStep step)
        : this(model, step, CreateScorer(model, step, out ScoringPlan plan, out MobileViTModel acquired), plan, acquired)
    {
    }

    private MobileViTModelTransformer(
        SharedModel sharedModel, ImageStep step, ModelScorer scorer, ScoringPlan plan, MobileViTModel model)
        : base(step, scorer, plan.Columns)
    {
        _sharedModel = sharedModel;
        _scorer = scorer;
        _plan = plan;
        Model = model;
    }

    /// <summary>The model.</summary>
    public MobileViTModel Model { get; }

    private protected sealed override TransformerChain<ITransformer> CreateSavedPipeline(
        ImageStep step, IReadOnlyList<OutputColumn> columns, string folder) =>
        Model.FixedBatch is null or 1
            ? SavedPipeline.Build(step, columns, _plan.Outputs, Model, folder)
            : throw new NotSupportedException(
                $"The model '{Model.Source}' takes {Model.FixedBatch} images at once, and ML.NET's own ONNX transform, which runs "
                + "saved pipelines, one. Convert the checkpoint without a fixed batch to save a pipeline.");

    private protected sealed override void Release()
    {
        _scorer.Dispose();
        _sharedModel.Release();
    }

    private static ModelScorer CreateScorer(
        SharedModel sharedModel, ImageStep step, out ScoringPlan plan, out MobileViTModel model)
    {
        model = sharedModel.Acquire();
        try
        {
            plan = ScoringPlan.For(model, step);
            var options = (MobileViTScoringOptions)step.Options;
            return new ModelScorer(
                model, new ImagePreprocessor(step.Preprocessing, options.Decoding), plan.Outputs, options.BatchSize);
        }
        catch
        {
            sharedModel.Release();
            throw;
        }
    }
}
