namespace MlNetMobileViT.Benchmarks;

/// <summary>A row with the path of a photo.</summary>
internal sealed class PhotoRow
{
    public string Path { get; set; } = "";
}
