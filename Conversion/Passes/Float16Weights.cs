using System.Runtime.InteropServices;
using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Weights in 16 bits, which nodes find widened to 32 as before. Scalars stay as they are: they are parts of formulas, not weights.
/// </summary>
internal sealed class Float16Weights : IGraphPass
{
    /// <inheritdoc/>
    /// <exception cref="OverflowException">Weights are beyond the range of float16; the message names them.</exception>
    public void Apply(OnnxGraph graph)
    {
        var weights = graph.Proto.Initializer
            .Where(static tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float && tensor.Dims.Count > 0)
            .ToDictionary(static tensor => tensor.Name);
        NodeProto[] nodes = [.. graph.Proto.Node];
        graph.Proto.Node.Clear();
        foreach (NodeProto node in nodes)
        {
            foreach (string input in GraphLinks.InputsOf(node))
            {
                if (weights.Remove(input, out TensorProto? tensor))
                {
                    Narrow(tensor);
                    graph.Node("Cast", input, [tensor.Name], [new("to", (long)TensorProto.Types.DataType.Float)]);
                }
            }

            graph.Proto.Node.Add(node);
        }
    }

    private static void Narrow(TensorProto tensor)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
        OnnxGraph.RequireRange(tensor.Name, values, (float)Half.MaxValue, "float16; convert without it");
        Half[] halves = new Half[values.Length];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)values[i];
        }

        tensor.Name += ".float16";
        tensor.DataType = (int)TensorProto.Types.DataType.Float16;
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(halves.AsSpan()));
    }
}
