using System.Text;

namespace MlNetMobileViT;

/// <summary>
/// The input of the graph inside a saved pipeline. To ML.NET's ONNX transform it is a column of the same name; under the
/// model's own name it would be in the way of a column of the user's.
/// </summary>
internal static class SavedInput
{
    /// <summary>The name; of the length of <see cref="ModelOutputs.Input"/>, so that no other byte of the model moves.</summary>
    public const string Name = "__mvit";

    // Field numbers of onnx.proto.
    private const int ModelGraph = 7;
    private const int GraphNode = 1;
    private const int GraphInput = 11;
    private const int NodeInput = 1;
    private const int ValueInfoName = 1;

    /// <summary>Gives the input of a model the name that it has in a saved pipeline.</summary>
    public static void Hide(Span<byte> model) => Rename(model, ModelOutputs.Input, Name);

    /// <summary>Gives the input of a model from a saved pipeline its own name again.</summary>
    public static void Restore(Span<byte> model) => Rename(model, Name, ModelOutputs.Input);

    private static void Rename(Span<byte> model, string oldName, string newName)
    {
        byte[] from = Encoding.UTF8.GetBytes(oldName), to = Encoding.UTF8.GetBytes(newName);
        var file = new ProtobufReader(model);
        while (file.Read())
        {
            if (file.Field != ModelGraph)
            {
                continue;
            }

            var graph = new ProtobufReader(file.Value);
            while (graph.Read())
            {
                int? field = graph.Field switch { GraphNode => NodeInput, GraphInput => ValueInfoName, _ => null };
                var message = new ProtobufReader(field is null ? default : graph.Value);
                while (message.Read())
                {
                    if (message.Field == field && message.Value.SequenceEqual(from))
                    {
                        to.CopyTo(message.Value);
                    }
                }
            }
        }
    }
}
