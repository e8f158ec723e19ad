namespace MlNetMobileViT;

/// <summary>Which classes of a model come first.</summary>
internal static class ClassRanking
{
    /// <summary>The output that ranks: logits, where the model has them, for they never tie by rounding to 1.</summary>
    public static string OutputOf(ModelSignature model) =>
        model.Outputs.Any(static output => output.Name == ModelOutputs.Logits) ? ModelOutputs.Logits : ModelOutputs.Probabilities;

    /// <summary>The indices of the highest scores, highest first; of equal ones the first comes first.</summary>
    public static void Rank(ReadOnlySpan<float> scores, Span<int> classes)
    {
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (count == classes.Length && !(scores[i] > scores[classes[count - 1]]))
            {
                continue;
            }

            int place = count < classes.Length ? count++ : count - 1;
            for (; place > 0 && scores[i] > scores[classes[place - 1]]; place--)
            {
                classes[place] = classes[place - 1];
            }

            classes[place] = i;
        }
    }
}
