using Google.Protobuf;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Benchmarks;

/// <summary>Networks of the published shapes with seeded random weights: what a model costs does not depend on what it has learned.</summary>
internal static class RandomModel
{
    /// <summary>Values that keep activations in range: normal with the deviation √(2 / inputs), and norms that change nothing.</summary>
    public static Dictionary<string, float[]> Weights(MobileViTArchitecture architecture)
    {
        var random = new Random(1);
        return architecture.Tensors().Where(static spec => spec.Kind != TensorKind.Counter).ToDictionary(static spec => spec.Name, Fill);

        float[] Fill(TensorSpec spec)
        {
            float[] values = new float[spec.ElementCount];
            if (spec.Shape.Count == 1)
            {
                Array.Fill(values, spec.Name.EndsWith("weight", StringComparison.Ordinal) || spec.Name.EndsWith("var", StringComparison.Ordinal) ? 1 : 0);
                return values;
            }

            double deviation = Math.Sqrt(2.0 / spec.Shape.Skip(1).Aggregate(1L, static (product, side) => product * side));
            for (int i = 0; i < values.Length; i++)
            {
                double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                values[i] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
            }

            return values;
        }
    }

    /// <summary>Writes a variant as the converter writes it, with logits as its output.</summary>
    public static void Write(string path, MobileViTArchitecture architecture, IReadOnlyDictionary<string, float[]> weights)
    {
        ImagePreprocessing preprocessing = PreprocessingPresets.Get(architecture.Family.Presets[0]);
        NetworkGraph network = MobileViTNetwork.Write(
            architecture, weights, new GraphStyle(preprocessing.Height, preprocessing.Width), [ModelOutputs.Logits]);
        foreach (IGraphPass pass in MobileViTConverter.Passes(new ConversionOptions(), labels: []))
        {
            pass.Apply(network.Onnx);
        }

        Save(path, network, architecture, preprocessing);
    }

    /// <summary>Writes a graph of a variant, as it is, as a model file.</summary>
    public static void Save(string path, NetworkGraph network, MobileViTArchitecture architecture, ImagePreprocessing preprocessing) =>
        File.WriteAllBytes(path, OnnxModel.Stamp(network.Onnx, new ModelMetadata
        {
            Variant = MobileViTVariants.NameOf(architecture),
            Architecture = architecture.ToJson(),
            Labels = [],
            Preprocessing = preprocessing,
            Parameters = architecture.ParameterCount,
            Macs = network.Macs,
            SourceFile = "random",
            SourceSha256 = new string('0', 64),
            SourceLayout = "cvnets",
            License = "None: the weights are random.",
            WeightsSha256 = OnnxModel.WeightsSha256(network.Onnx.Proto),
        }).ToByteArray());
}
