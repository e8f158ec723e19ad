namespace MlNetMobileViT.UnitTests;

/// <summary>A row with the path of an image.</summary>
internal sealed class ImageRow
{
    public int Id { get; set; }

    public string? Path { get; set; }

    public string Kind { get; set; } = "";
}
