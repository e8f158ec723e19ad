using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Models made in the test process, with formula weights.</summary>
internal static class TestModels
{
    /// <summary>A network of a hundredth of the size of XXS, for tests that are not about numbers.</summary>
    public static MobileViTArchitecture Tiny { get; } = new()
    {
        StemChannels = 8,
        ExpandRatio = 1,
        Stages =
        [
            new(Channels: 8, Stride: 1, InvertedResiduals: 1),
            new(Channels: 8, Stride: 2, InvertedResiduals: 1),
            new(Channels: 8, Stride: 2, InvertedResiduals: 1, new(Dimension: 8, Layers: 1, FeedForward: 16)),
            new(Channels: 8, Stride: 2, InvertedResiduals: 1, new(Dimension: 8, Layers: 1, FeedForward: 16)),
            new(Channels: 8, Stride: 2, InvertedResiduals: 1, new(Dimension: 8, Layers: 1, FeedForward: 16)),
        ],
        FeatureChannels = 16,
        Classes = 5,
    };

    /// <summary>A model with formula weights.</summary>
    public static ModelProto Formula(
        MobileViTArchitecture architecture,
        GraphStyle style,
        IReadOnlyList<string>? outputs = null,
        IReadOnlyList<string>? labels = null) => OnnxModel.Build(
            architecture,
            FormulaWeights.For(architecture),
            style,
            outputs ?? ModelOutputs.Default,
            labels ?? [],
            (macs, hash) => new ModelMetadata
            {
                Variant = MobileViTVariants.NameOf(architecture),
                Architecture = architecture.ToJson(),
                Labels = labels ?? [],
                Preprocessing = PreprocessingPresets.Get(PreprocessingPresets.Cvnets, style.Height, style.Width),
                Parameters = architecture.ParameterCount,
                Macs = macs,
                SourceFile = "formula",
                SourceSha256 = new string('0', 64),
                SourceLayout = "cvnets",
                License = "None: the weights are a formula.",
                WeightsSha256 = hash,
            });
}
