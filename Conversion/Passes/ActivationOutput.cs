namespace MlNetMobileViT.Conversion;

/// <summary>
/// Gives a finished classifier the output <see cref="ModelOutputs.Activation"/>, where it was not asked for when the file was written.
/// The classifier is what reads the mean of a feature map; one in 8 bits is not found, and the graph stays as it is.
/// </summary>
internal sealed class ActivationOutput : IGraphPass
{
    public void Apply(OnnxGraph graph)
    {
        var links = new GraphLinks(graph.Proto);
        if (links.IsOutput(ModelOutputs.Activation))
        {
            return;
        }

        foreach (NodeProto classifier in graph.Proto.Node.Where(static node => node.OpType == "Gemm" && node.Attribute.Count == 0).ToList())
        {
            if (links.Producer(classifier.Input[0]) is { OpType: "Flatten" } flattened
                && links.Producer(flattened.Input[0]) is { OpType: "GlobalAveragePool" } pool)
            {
                string map = ClassActivationMap.Write(graph, pool.Input[0], classifier.Input[1], classifier.Output[0]);
                graph.Node("Identity", $"output.{ModelOutputs.Activation}", [map], output: ModelOutputs.Activation);
                graph.AddOutput(ModelOutputs.Activation, "N", "activation_H", "activation_W");
                return;
            }
        }
    }
}
