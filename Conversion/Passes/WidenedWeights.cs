using System.Runtime.InteropServices;
using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>Undoes <see cref="Float16Weights"/>: weights in 32 bits where nodes read them, so that other passes find them.</summary>
internal sealed class WidenedWeights : IGraphPass
{
    public void Apply(OnnxGraph graph)
    {
        GraphProto proto = graph.Proto;
        var narrow = proto.Initializer
            .Where(static tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float16)
            .ToDictionary(static tensor => tensor.Name);
        foreach (NodeProto cast in proto.Node.Where(static node => node.OpType == "Cast").ToList())
        {
            if (narrow.TryGetValue(cast.Input[0], out TensorProto? tensor)
                && cast.Attribute is [{ Name: "to", I: (long)TensorProto.Types.DataType.Float }])
            {
                proto.Initializer[proto.Initializer.IndexOf(tensor)] = Widened(tensor, cast.Output[0]);
                proto.Node.Remove(cast);
            }
        }
    }

    private static TensorProto Widened(TensorProto tensor, string name)
    {
        ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(tensor.RawData.Span);
        float[] values = new float[halves.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)halves[i];
        }

        return new TensorProto
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.Float,
            Dims = { tensor.Dims },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
        };
    }
}
