using System.Text.Json.Serialization;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// One of the five stages after the stem: inverted residual (MV2) blocks, the first of which carries the stride, and at
/// strides 8, 16 and 32 a MobileViT block behind them.
/// </summary>
/// <param name="Channels">The number of channels that leave the stage.</param>
/// <param name="Stride">The stride of the first inverted residual block: 1 or 2.</param>
/// <param name="InvertedResiduals">The number of inverted residual blocks.</param>
/// <param name="Transformer">The transformer of the MobileViT block; null for a stage without one.</param>
public sealed record StageSpec(
    int Channels,
    int Stride,
    int InvertedResiduals,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TransformerSpec? Transformer = null);
