using System.Runtime.InteropServices;
using Google.Protobuf;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>A model so small that a prediction takes a millisecond, with formula weights and five labels.</summary>
internal static class TinyModel
{
    public const int Side = 32;

    /// <summary>The labels in the file; one name stands twice, as two do in ImageNet.</summary>
    public static readonly IReadOnlyList<string> Labels = ["ant", "bee", "crane", "crane", "eel"];

    private static readonly Lazy<byte[]> LazyBytes = new(static () => Build(ModelOutputs.Default, Labels));

    /// <summary>The file, with the default outputs.</summary>
    public static byte[] Bytes => LazyBytes.Value;

    public static MobileViTModel Load() => MobileViTModel.Load(Bytes);

    public static MobileViTModel Load(IReadOnlyList<string> outputs, bool dynamicSize = false) =>
        MobileViTModel.Load(Build(outputs, Labels, dynamicSize));

    /// <summary>The model with a graph that takes just one number of images at once.</summary>
    public static MobileViTModel LoadBatch(int batch) => MobileViTModel.Load(
        TestModels.Formula(TestModels.Tiny, new GraphStyle(Side, Side, Batch: batch), labels: Labels).ToByteArray());

    /// <summary>
    /// The file with weights so large that everything but a black picture, of which they make nothing, overflows.
    /// </summary>
    public static byte[] Overflowing(IReadOnlyList<string> outputs)
    {
        var model = ModelProto.Parser.ParseFrom(Build(outputs, Labels));
        NodeProto[] convolutions = [.. model.Graph.Node.Where(static node => node.OpType == "Conv")];
        Scale(convolutions[0], 1e38f);
        Scale(convolutions[1], 1e3f);
        return model.ToByteArray();

        void Scale(NodeProto convolution, float factor)
        {
            TensorProto weights = model.Graph.Initializer.Single(tensor => tensor.Name == convolution.Input[1]);
            byte[] data = weights.RawData.ToByteArray();
            foreach (ref float weight in MemoryMarshal.Cast<byte, float>(data.AsSpan()))
            {
                weight *= factor;
            }

            weights.RawData = ByteString.CopyFrom(data);
        }
    }

    /// <summary>The file, changed.</summary>
    public static byte[] Change(Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(Bytes);
        change(model);
        return model.ToByteArray();
    }

    public static byte[] Build(IReadOnlyList<string> outputs, IReadOnlyList<string> labels, bool dynamicSize = false) =>
        TestModels.Formula(
            TestModels.Tiny, new GraphStyle(Side, Side, DynamicSize: dynamicSize), outputs, labels).ToByteArray();
}
