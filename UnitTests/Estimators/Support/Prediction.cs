namespace MlNetMobileViT.UnitTests;

/// <summary>What classification yields, by the default column names.</summary>
internal sealed class Prediction
{
    public int Id { get; set; }

    public uint PredictedLabel { get; set; }

    public float[] Score { get; set; } = [];

    public float Probability { get; set; }

    public string[] TopLabels { get; set; } = [];

    public float[] TopProbabilities { get; set; } = [];
}
