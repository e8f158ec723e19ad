namespace MlNetMobileViT.Conversion;

/// <summary>
/// The first three logits of Apple's weights for the photograph <c>val2017/000000039769.jpg</c> of COCO, by which Hugging Face's
/// conversion script checks its result (<c>src/transformers/models/mobilevit/convert_mlcvnets_to_pytorch.py</c>, to 1e-4).
/// </summary>
public static class PublishedLogits
{
    /// <summary>The name of the photograph, without its folder.</summary>
    public const string ImageName = "000000039769.jpg";

    /// <summary>The logits of classes 0, 1 and 2 for a variant; null where none are published.</summary>
    /// <param name="variant">The variant: <c>xxs</c>, <c>xs</c> or <c>s</c>.</param>
    public static IReadOnlyList<float>? For(string variant) => variant switch
    {
        "xxs" => [-1.9364f, -1.2327f, -0.4653f],
        "xs" => [-2.4761f, -0.9399f, -1.9587f],
        "s" => [-0.9866f, 0.2392f, -1.1241f],
        _ => null,
    };
}
