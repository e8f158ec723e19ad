using System.Text;
using Microsoft.ML.Data;
using static MlNetMobileViT.OnnxMessages;

namespace MlNetMobileViT;

/// <summary>
/// The ONNX files inside a saved pipeline. One holds the model as it was converted, and appended to it what ML.NET's own ONNX
/// transform needs to run it, and the step itself for <see cref="MobileViTModelOperations"/> to find. The other makes the columns.
/// </summary>
internal static class SavedOnnx
{
    /// <summary>The key of the metadata entry that holds the step.</summary>
    public const string StepKey = ModelMetadataKeys.Prefix + "step";

    /// <summary>What the names of the columns begin with that exist only inside a saved pipeline.</summary>
    public const string ColumnPrefix = "__mobilevit.";

    /// <summary>
    /// The name of the model's input, which to ML.NET's ONNX transform is a column: under its own name it would be in the way of a
    /// column of the user's. It has the length of <see cref="ModelOutputs.Input"/>, so that no other byte of the model moves.
    /// </summary>
    public const string ModelInput = "__mvit";

    // Field numbers of onnx.proto.
    private const int NodeInput = 1;
    private const int ValueInfoName = 1;

    /// <summary>A model and its step, with the outputs that the step takes joined to one: <see cref="ModelValuesRow.ValuesName"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="step">The step.</param>
    public static byte[] WriteModel(ReadOnlySpan<byte> model, ModelStep step)
    {
        var graph = new ProtobufWriter();
        List<string> parts = [];
        foreach (SavedOutput output in step.Outputs!)
        {
            string part = ColumnPrefix + output.Name;
            AddReshape(graph, part, output.Name, [1, output.Length]);
            parts.Add(part);
        }

        int length = step.Outputs.Sum(static output => output.Length);
        graph.Message(GraphNode, Node("Concat", ModelValuesRow.ValuesName, parts, [ModelValuesRow.ValuesName]).Message(5, AxisOne()))
            .Message(GraphOutput, ValueInfo(ModelValuesRow.ValuesName, [1, length]));
        byte[] onnx = [.. model, .. new ProtobufWriter().Message(ModelGraph, graph).Message(ModelMetadataProps, Entry(step)).ToArray()];
        RenameInput(onnx.AsSpan(0, model.Length), ModelOutputs.Input, ModelInput);
        return onnx;
    }

    /// <summary>A graph that makes the vector columns of a step, with the sizes and names that a custom mapping's have not.</summary>
    /// <param name="input">The name of the graph's input: the values of the columns, one after the other.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="hasSlotNames">Whether to write the names of their slots.</param>
    /// <param name="step">The step; null where another file of the pipeline has it.</param>
    public static byte[] WriteColumns(
        string input, IReadOnlyList<OutputColumn<float>> columns, bool hasSlotNames, ImageStep? step = null)
    {
        const string Lengths = "lengths";
        int[] lengths = [.. columns.Select(static column => column.Length)];
        string[] parts = [.. columns.Select(static column => $"{NameOf(column)}.values")];
        ProtobufWriter graph = new ProtobufWriter()
            .Text(GraphName, "columns")
            .Message(GraphInput, ValueInfo(input, [1, lengths.Sum()]))
            .Message(GraphInitializer, Int64Tensor(Lengths, lengths))
            .Message(GraphNode, Node("Split", "columns", [input, Lengths], parts).Message(5, AxisOne()));
        for (int i = 0; i < parts.Length; i++)
        {
            string name = NameOf(columns[i]);
            int[] shape = [.. ((VectorDataViewType)columns[i].Type).Dimensions];
            AddReshape(graph, name, parts[i], shape);
            graph.Message(GraphOutput, ValueInfo(name, shape));
            if (hasSlotNames && columns[i].TextVectors.GetValueOrDefault(AnnotationKinds.SlotNames) is { } slotNames)
            {
                AddSlotNames(graph, name, slotNames);
            }
        }

        ProtobufWriter file = File(graph);
        return (step is null ? file : file.Message(ModelMetadataProps, Entry(step))).ToArray();
    }

    /// <summary>What a vector column is called until it gets its own name.</summary>
    public static string NameOf(OutputColumn column) => $"{ColumnPrefix}output.{column.Index}";

    /// <summary>Whether a column exists only inside a saved pipeline.</summary>
    public static bool IsInternal(string columnName) =>
        columnName == ModelInput || columnName.StartsWith(ColumnPrefix, StringComparison.Ordinal);

    /// <summary>Gives the input of a model another name of the same length.</summary>
    public static void RenameInput(Span<byte> model, string oldName, string newName)
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
                        model.Overlaps(message.Value, out int place);
                        to.CopyTo(model[place..]);
                    }
                }
            }
        }
    }

    /// <summary>Reads the step of a saved ONNX file; null where it has none.</summary>
    public static ImageStep? ReadStep(ReadOnlySpan<byte> onnx)
    {
        var file = new ProtobufReader(onnx);
        while (file.Read())
        {
            if (file.Field == ModelMetadataProps && ReadEntry(file.Value) is (StepKey, { } json))
            {
                return ImageStep.FromJson(json);
            }
        }

        return null;
    }

    private static (string Key, string Value) ReadEntry(ReadOnlySpan<byte> entry)
    {
        string key = "", value = "";
        var fields = new ProtobufReader(entry);
        while (fields.Read())
        {
            string text = Encoding.UTF8.GetString(fields.Value);
            (key, value) = fields.Field == 1 ? (text, value) : (key, text);
        }

        return (key, value);
    }

    private static ProtobufWriter Entry(ImageStep step) => new ProtobufWriter().Text(1, StepKey).Text(2, step.ToJson());

    private static void AddReshape(ProtobufWriter graph, string name, string source, int[] shape)
    {
        string shapeName = $"{name}.shape";
        graph.Message(GraphInitializer, Int64Tensor(shapeName, shape))
            .Message(GraphNode, Node("Reshape", name, [source, shapeName], [name]));
    }
}
