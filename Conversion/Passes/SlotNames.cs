namespace MlNetMobileViT.Conversion;

/// <summary>
/// ML.NET's convention for class names: its <c>OnnxTransformer</c> gives a score column the slot names that it finds in a
/// <c>LabelEncoder</c> node of this name. Nothing reads the node's output, so other runtimes drop it.
/// </summary>
/// <param name="labels">The class labels in the order of the logits; empty for none.</param>
internal sealed class SlotNames(IReadOnlyList<string> labels) : IGraphPass
{
    public void Apply(OnnxGraph graph)
    {
        string[] outputs = labels.Count == 0 ? [] : [ModelOutputs.Logits, ModelOutputs.Probabilities];
        foreach (string output in graph.Proto.Output.Select(static output => output.Name).Intersect(outputs).ToList())
        {
            graph.Node(
                "LabelEncoder",
                $"mlnet.{output}.SlotNames",
                [graph.Text($"mlnet.{output}.unusedInput", "unused")],
                [
                    new("keys_strings", labels.ToArray()),
                    new("values_int64s", Enumerable.Range(0, labels.Count).Select(static index => (long)index).ToArray()),
                ],
                OnnxGraph.MachineLearningDomain,
                $"mlnet.{output}.unusedOutput");
        }
    }
}
