namespace MlNetMobileViT.Conversion;

/// <summary>
/// The form of the JSON in files of metadata format 1: stages of counts instead of blocks, and one expansion and number of heads
/// for all of them.
/// </summary>
internal sealed record FormerArchitecture(
    int StemChannels,
    int ExpandRatio,
    IReadOnlyList<FormerArchitecture.Stage?> Stages,
    int FeatureChannels,
    int Heads = TransformerSpec.DefaultHeads,
    int Classes = 1000)
{
    /// <summary>The key that tells the form: today's has it inside the backbone.</summary>
    public const string Mark = "stem_channels";

    public MobileViTArchitecture Upgrade() => new()
    {
        Backbone = new Backbone(StemChannels, [.. Stages.Select(Blocks)]),
        Head = new Classification(FeatureChannels, Classes),
    };

    private BlockSpec[] Blocks(Stage? stage, int index)
    {
        if (stage is null)
        {
            return null!; // Validation says which.
        }

        BlockSpec.Require(stage.InvertedResiduals, 64, $"Stage layer_{index + 1}: {nameof(stage.InvertedResiduals)}");
        var blocks = InvertedResidual.Sequence(stage.InvertedResiduals, stage.Channels, stage.Stride, ExpandRatio);
        return stage.Transformer is { } transformer
            ? [.. blocks, new MobileViT(stage.Channels, transformer with { Heads = Heads })]
            : [.. blocks];
    }

    public sealed record Stage(int Channels, int Stride, int InvertedResiduals, TransformerSpec? Transformer = null);
}
