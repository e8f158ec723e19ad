using Google.Protobuf;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Finished models that are given the output of the activation map.</summary>
internal static class Explainable
{
    public static byte[] Of(byte[] onnx)
    {
        var model = ModelProto.Parser.ParseFrom(onnx);
        var graph = new OnnxGraph(model.Graph);
        new ActivationOutput().Apply(graph);
        model.Graph = graph.Proto;
        return model.ToByteArray();
    }
}
