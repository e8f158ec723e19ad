namespace MlNetMobileViT;

/// <summary>What the transformers that run a model have in common.</summary>
public abstract class MobileViTModelTransformer : MobileViTTransformer
{
    private protected MobileViTModelTransformer(
        SharedModel model, string inputColumnName, ScoringPlan plan, MobileViTScoringOptions options)
        : this(model, model.Acquire(), inputColumnName, plan, options)
    {
    }

    private MobileViTModelTransformer(
        SharedModel sharedModel, MobileViTModel model, string inputColumnName, ScoringPlan plan, MobileViTScoringOptions options)
        : base(
            new ImageMapping(
                ImageColumn.ForModel(inputColumnName, model),
                new ModelScorer(
                    model, new ImagePreprocessor(model.Preprocessing, options.Decoding), plan.Outputs, options.BatchSize),
                plan.Columns,
                options),
            sharedModel)
    {
        Model = model;
    }

    /// <summary>The model.</summary>
    public MobileViTModel Model { get; }
}
