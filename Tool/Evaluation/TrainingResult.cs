namespace MlNetMobileViT.Tool;

/// <summary>How a classifier was chosen and measured.</summary>
/// <param name="Trainer">The trainer of what was saved.</param>
/// <param name="Folds">The number of folds of the cross-validation; null where one fifth of the images was held out.</param>
/// <param name="ClassWeights">How much the images of each class counted.</param>
/// <param name="Seed">What makes the run repeatable.</param>
/// <param name="Comparison">The trainers that were compared, or null.</param>
/// <param name="Curve">The learning curve, or null.</param>
internal sealed record TrainingResult(
    string Trainer, int? Folds, string ClassWeights, int Seed, TrainerComparison? Comparison, LearningCurve? Curve);
