namespace MlNetMobileViT.UnitTests;

/// <summary>A row with the logits of its image.</summary>
internal sealed class ScoredRow
{
    public int Id { get; set; }

    public float[] Logits { get; set; } = [];
}
