namespace MlNetMobileViT;

/// <summary>Which of the catalog's transforms a step is.</summary>
internal enum ImageStepKind
{
    Preprocess,
    Score,
    Classify,
    Featurize,
}
