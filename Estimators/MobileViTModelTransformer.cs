namespace MlNetMobileViT;

/// <summary>What the transformers that run a model have in common.</summary>
public abstract class MobileViTModelTransformer : MobileViTTransformer
{
    private readonly SharedModel _sharedModel;
    private readonly ModelScorer _scorer;

    private protected MobileViTModelTransformer(SharedModel model, ModelStep step, IStepSaver saver)
        : this(model, step, CreateScorer(model, step, out MobileViTModel acquired), saver, acquired)
    {
    }

    private MobileViTModelTransformer(
        SharedModel sharedModel, ModelStep step, ModelScorer scorer, IStepSaver saver, MobileViTModel model)
        : base(step, scorer, saver)
    {
        _sharedModel = sharedModel;
        _scorer = scorer;
        Model = model;
    }

    /// <summary>The model.</summary>
    public MobileViTModel Model { get; }

    private protected sealed override MobileViTModel ModelToSave => Model;

    private protected sealed override void Release()
    {
        _scorer.Dispose();
        _sharedModel.Release();
    }

    private static ModelScorer CreateScorer(SharedModel sharedModel, ModelStep step, out MobileViTModel model)
    {
        model = sharedModel.Acquire();
        try
        {
            MobileViTScoringOptions options = step.CommonOptions;
            return new ModelScorer(
                model,
                new ImagePreprocessor(step.Preprocessing, options.Decoding),
                step.CreateTask(model.Signature),
                options.BatchSize);
        }
        catch
        {
            sharedModel.Release();
            throw;
        }
    }
}
