namespace MlNetMobileViT;

/// <summary>What the transformers that run a model have in common.</summary>
public abstract class MobileViTModelTransformer : MobileViTTransformer
{
    private readonly SharedModel _sharedModel;
    private readonly ModelScorer _scorer;

    private protected MobileViTModelTransformer(SharedModel model, ModelStep step, IStepSaver saver)
        : base(step, CreateScorer(model, step), saver)
    {
        _sharedModel = model;
        _scorer = (ModelScorer)Scorer;
    }

    /// <summary>The model.</summary>
    public MobileViTModel Model => _scorer.Model;

    private protected sealed override MobileViTModel ModelToSave => Model;

    private protected sealed override void Release()
    {
        _scorer.Dispose();
        _sharedModel.Release();
    }

    private static ModelScorer CreateScorer(SharedModel sharedModel, ModelStep step)
    {
        MobileViTModel model = sharedModel.Acquire();
        try
        {
            var preprocessor = new ImagePreprocessor(step.Preprocessing, step.CommonOptions.Decoding);
            return new ModelScorer(model, preprocessor, step.CreateTask(model.Signature), step.CommonOptions.BatchSize);
        }
        catch
        {
            sharedModel.Release();
            throw;
        }
    }
}
