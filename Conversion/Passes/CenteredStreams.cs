namespace MlNetMobileViT.Conversion;

/// <summary>Layer norms without a mean and an offset: exact, and a little faster. Before calibration.</summary>
internal sealed class CenteredStreams : IGraphPass
{
    public void Apply(OnnxGraph graph) => throw new NotImplementedException($"{graph}");
}
