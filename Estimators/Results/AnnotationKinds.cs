namespace MlNetMobileViT;

/// <summary>
/// The names of annotations, as ML.NET's own trainers and evaluators write and read them (its <c>AnnotationUtils</c> is internal).
/// </summary>
internal static class AnnotationKinds
{
    /// <summary>The names of a vector's slots.</summary>
    public const string SlotNames = "SlotNames";

    /// <summary>The values that a key stands for.</summary>
    public const string KeyValues = "KeyValues";

    /// <summary>What task a column of scores is for.</summary>
    public const string ScoreColumnKind = "ScoreColumnKind";

    /// <summary>What a column is among those of a scorer.</summary>
    public const string ScoreValueKind = "ScoreValueKind";
}
