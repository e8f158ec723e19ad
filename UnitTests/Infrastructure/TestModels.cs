using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Models made in the test process, with formula weights.</summary>
internal static class TestModels
{
    /// <summary>A network of a hundredth of the size of XXS, for tests that are not about numbers.</summary>
    public static MobileViTArchitecture Tiny { get; } = new()
    {
        Backbone = new Backbone(StemChannels: 8,
        [
            Stage(8, stride: 1, blocks: 1, expandRatio: 1),
            Stage(8, stride: 2, blocks: 1, expandRatio: 1),
            Stage(8, stride: 2, blocks: 1, expandRatio: 1, new(Dimension: 8, Layers: 1, FeedForward: 16)),
            Stage(8, stride: 2, blocks: 1, expandRatio: 1, new(Dimension: 8, Layers: 1, FeedForward: 16)),
            Stage(8, stride: 2, blocks: 1, expandRatio: 1, new(Dimension: 8, Layers: 1, FeedForward: 16)),
        ]),
        Head = new Classification(FeatureChannels: 16, Classes: 5),
    };

    /// <summary>The same of MobileViTv2.</summary>
    public static MobileViTArchitecture TinyV2 { get; } = new()
    {
        Backbone = new Backbone(StemChannels: 8,
        [
            Stage(8, stride: 1, blocks: 1, expandRatio: 1),
            Stage(8, stride: 2, blocks: 1, expandRatio: 1),
            .. Enumerable.Repeat<BlockSpec[]>(
                [new InvertedResidual(8, Stride: 2, ExpandRatio: 1), new MobileViTv2(8, Dimension: 8, Layers: 1, FeedForward: 16)], 3),
        ]),
        Head = new LinearClassification(Classes: 5),
    };

    /// <summary>Inverted residual blocks, and behind them a MobileViT block if there is a transformer for it.</summary>
    public static BlockSpec[] Stage(int channels, int stride, int blocks, int expandRatio, TransformerSpec? transformer = null) =>
    [
        .. InvertedResidual.Sequence(blocks, channels, stride, expandRatio),
        .. transformer is null ? (BlockSpec[])[] : [new MobileViT(channels, transformer)],
    ];

    /// <summary>A network with its blocks changed.</summary>
    public static MobileViTArchitecture Change(MobileViTArchitecture network, Func<BlockSpec, BlockSpec> change) => network with
    {
        Backbone = network.Backbone with { Stages = [.. network.Backbone.Stages.Select(stage => stage.Select(change).ToArray())] },
    };

    /// <summary>A network with another stage in the place of one.</summary>
    public static MobileViTArchitecture Replace(MobileViTArchitecture network, int index, BlockSpec[] stage) => network with
    {
        Backbone = network.Backbone with { Stages = [.. network.Backbone.Stages.Select((old, i) => i == index ? stage : old)] },
    };

    /// <summary>A model with formula weights.</summary>
    public static ModelProto Formula(
        MobileViTArchitecture architecture,
        GraphStyle style,
        IReadOnlyList<string>? outputs = null,
        IReadOnlyList<string>? labels = null,
        bool portable = false,
        WeightPrecision precision = WeightPrecision.Float32) =>
        Of(architecture, FormulaWeights.For(architecture), style, outputs, labels, portable, precision);

    /// <summary>A model with weights of a test's own, of any input size.</summary>
    public static ModelProto Of(
        MobileViTArchitecture architecture,
        IReadOnlyDictionary<string, float[]> weights,
        GraphStyle style,
        IReadOnlyList<string>? outputs = null,
        IReadOnlyList<string>? labels = null,
        bool portable = false,
        WeightPrecision precision = WeightPrecision.Float32)
    {
        NetworkGraph network = MobileViTNetwork.Write(architecture, weights, style, outputs ?? ModelOutputs.Default);
        var options = new ConversionOptions { Portable = portable, Precision = precision };
        foreach (IGraphPass pass in MobileViTConverter.Passes(options, labels ?? []))
        {
            pass.Apply(network.Onnx);
        }

        return OnnxModel.Stamp(network.Onnx, new ModelMetadata
        {
            Variant = MobileViTVariants.NameOf(architecture),
            Architecture = architecture.ToJson(),
            Labels = labels ?? [],
            Preprocessing = PreprocessingPresets.Get(architecture.Family.Presets[0], style.Height, style.Width),
            Parameters = architecture.ParameterCount,
            Macs = network.Macs,
            SourceFile = "formula",
            SourceSha256 = new string('0', 64),
            SourceLayout = "cvnets",
            License = "None: the weights are a formula.",
            WeightsSha256 = OnnxModel.WeightsSha256(network.Onnx.Proto),
        });
    }
}
