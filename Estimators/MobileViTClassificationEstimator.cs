namespace MlNetMobileViT;

/// <summary>Makes a <see cref="MobileViTClassificationTransformer"/>, which predicts the class of each image.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | <xref:Microsoft.ML.Data.TextDataViewType> (a path), variable-sized vector of <xref:System.Byte> (an encoded image), <xref:Microsoft.ML.Transforms.Image.ImageDataViewType>, or vector of <xref:System.Single> (pixels that `PreprocessImages` made) |
/// | Output column data type | Key of <xref:System.UInt32> with the labels as key values for the predicted label; known-sized vector of <xref:System.Single> for the scores of all classes and for the best probabilities; <xref:System.Single> for the probability; known-sized vector of <xref:Microsoft.ML.Data.TextDataViewType> for the best labels; <xref:Microsoft.ML.Data.TextDataViewType> for the error column, where bad images are marked |
/// | Exportable to ONNX | No |
///
/// The columns, by their default names:
///
/// | Column | Type | What |
/// | -- | -- | -- |
/// | `PredictedLabel` | Key | the most likely class |
/// | `Score` | Vector of Single | the probabilities of all classes, in [0, 1] with sum 1, with the labels as slot names |
/// | `Probability` | Single | the probability of the most likely class, in [0, 1] |
/// | `TopLabels` | Vector of Text | the most likely labels, most likely first |
/// | `TopProbabilities` | Vector of Single | their probabilities |
/// | `Error` | Text | why the row has no values, where bad images are marked |
///
/// `mlContext.MulticlassClassification.Evaluate` reads `PredictedLabel` and `Score`. It compares keys by their numbers, so the
/// label column has to have the model's: give its `MapValueToKey` the <xref:MlNetMobileViT.MobileViTModel.Labels> as
/// `keyData`. Keys in the order in which labels happen to come are others, and the metrics then mean nothing.
///
/// Images are read and scored, and errors reported, as <xref:MlNetMobileViT.MobileViTScoringEstimator> says. Missing values:
/// where bad images are marked, the label of such a row is a missing key, its scores are NaN and its labels empty.
///
/// A prediction engine is for one thread at a time, which is ML.NET's rule: one engine that 8 threads shared gave 34 to 62 wrong
/// labels of 256, without an error. Where many threads ask for single images, as in a web service, `Classify` of
/// <xref:MlNetMobileViT.MobileViTModel> is the way; any number of threads may call it.
/// ]]></format>
/// </remarks>
/// <seealso cref="MobileViTCatalog.ClassifyImages(Microsoft.ML.TransformsCatalog, string, MobileViTModel, string, MobileViTClassificationOptions)"/>
/// <seealso cref="MobileViTCatalog.ClassifyImages(Microsoft.ML.TransformsCatalog, string, string, string, MobileViTClassificationOptions, int?, bool)"/>
public sealed class MobileViTClassificationEstimator : MobileViTEstimator<MobileViTClassificationTransformer>
{
    internal MobileViTClassificationEstimator(SharedModel model, ClassificationStep step, IStepSaver saver)
        : base(
            step,
            step.CreateTask(model.Model.Signature).Columns,
            fitted => new MobileViTClassificationTransformer(model, (ClassificationStep)fitted, saver))
    {
    }
}

/// <summary>Predicts the class of each image; made by a <see cref="MobileViTClassificationEstimator"/>.</summary>
public sealed class MobileViTClassificationTransformer : MobileViTTransformer
{
    internal MobileViTClassificationTransformer(SharedModel model, ClassificationStep step, IStepSaver saver)
        : this(new ModelUse(model, step), step, saver)
    {
    }

    private MobileViTClassificationTransformer(ModelUse model, ClassificationStep step, IStepSaver saver)
        : base(step, model, saver)
    {
        Model = model.Model;
    }

    /// <summary>The model.</summary>
    public MobileViTModel Model { get; }
}
