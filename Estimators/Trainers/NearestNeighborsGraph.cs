using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using static MlNetMobileViT.OnnxMessages;

namespace MlNetMobileViT;

/// <summary>The rows that vote: features of unit length, one after the other, classes and weights.</summary>
internal sealed class NeighborRows
{
    private readonly List<float> _features = [];
    private readonly List<int> _classes = [];
    private readonly List<float> _weights = [];

    public int Count => _classes.Count;

    public ReadOnlySpan<float> Features => CollectionsMarshal.AsSpan(_features);

    public int[] Classes => [.. _classes];

    public ReadOnlySpan<float> Weights => CollectionsMarshal.AsSpan(_weights);

    /// <summary>Adds a row; one whose features are not all finite is left out.</summary>
    public void Add(in VBuffer<float> features, int label, float weight)
    {
        float[] values = [.. features.DenseValues()];
        if (!values.All(float.IsFinite))
        {
            return;
        }

        // In double precision no sum of squares of floats is too large or vanishes.
        double length = Math.Sqrt(values.Sum(static value => (double)value * value));
        _features.AddRange(values.Select(value => length == 0 ? 0 : (float)(value / length)));
        _classes.Add(label);
        _weights.Add(weight);
    }
}

/// <summary>The k nearest rows and their votes as an ONNX graph, which ML.NET can save and run.</summary>
internal static class NearestNeighborsGraph
{
    public const string Features = SavedOnnx.ColumnPrefix + "neighbor_features";
    public const string Class = SavedOnnx.ColumnPrefix + "neighbor_class";
    public const string Score = "Score";

    /// <summary>By what cosines are divided before they become the exponents of votes.</summary>
    public const float Temperature = 0.07f;

    // The least normal number: a vector of zeros, which has no direction, has the cosine 0 to everything.
    private const float Least = 1.17549435e-38f;

    /// <summary>Writes the graph.</summary>
    /// <param name="rows">The rows that vote.</param>
    /// <param name="width">The number of features.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="neighbors">How many rows vote, all at most.</param>
    public static byte[] Write(NeighborRows rows, int width, IReadOnlyList<string> classes, int neighbors)
    {
        if (4L * rows.Features.Length > int.MaxValue / 2)
        {
            throw new ArgumentException(
                $"{rows.Count} rows of {width} features are more than fit into the graph of nearest neighbours. Take another trainer.", nameof(rows));
        }

        ProtobufWriter graph = new ProtobufWriter()
            .Text(GraphName, "nearest_neighbors")
            .Message(GraphInput, ValueInfo(Features, [1, width]))
            .Message(GraphOutput, ValueInfo(Score, [1, classes.Count]))
            .Message(GraphOutput, TextInfo(Class, [1]))
            .Message(GraphInitializer, FloatTensor("rows", rows.Features, rows.Count, width))
            .Message(GraphInitializer, FloatTensor("row_weights", rows.Weights, rows.Count))
            .Message(GraphInitializer, Int64Tensor("row_classes", rows.Classes))
            .Message(GraphInitializer, Int64Tensor("k", [neighbors]))
            .Message(GraphInitializer, Int64Tensor("class_count", [classes.Count]))
            .Message(GraphInitializer, Int64Tensor("one", [1]))
            .Message(GraphInitializer, Int64Tensor("two", [2]))
            .Message(GraphInitializer, Int64Tensor("none", [-1]))
            .Message(GraphInitializer, FloatTensor("off_on", [0, 1], 2))
            .Message(GraphInitializer, FloatTensor("least", [Least], 1))
            .Message(GraphInitializer, FloatTensor("temperature", [Temperature], 1));

        // To unit length; by the greatest first, as squares of large or small numbers leave the range of floats.
        Add("Abs", [Features], "absolute");
        Add("ReduceMax", ["absolute", "one"], "greatest");
        Add("Max", ["greatest", "least"], "scale");
        Add("Div", [Features, "scale"], "scaled");
        Add("ReduceL2", ["scaled", "one"], "length");
        Add("Max", ["length", "least"], "safe_length");
        Add("Div", ["scaled", "safe_length"], "unit");

        // Of equal cosines TopK takes the first, by ONNX's definition.
        Add("Gemm", ["unit", "rows"], "cosines", Attribute("transB", 1));
        AddNode(Node("TopK", "nearest", ["cosines", "k"], ["nearest", "nearest_rows"]));
        Add("Gather", ["row_classes", "nearest_rows"], "nearest_classes");
        Add("Gather", ["row_weights", "nearest_rows"], "nearest_weights");
        Add("Div", ["nearest", "temperature"], "exponents");
        Add("Exp", ["exponents"], "powers");
        Add("Mul", ["powers", "nearest_weights"], "votes");
        Add("OneHot", ["nearest_classes", "class_count", "off_on"], "is_class");
        Add("Unsqueeze", ["votes", "two"], "vote_column");
        Add("Mul", ["vote_column", "is_class"], "votes_by_class");
        Add("ReduceSum", ["votes_by_class", "one"], "class_votes", Attribute("keepdims", 0));
        Add("ReduceSum", ["class_votes", "one"], "all_votes");
        Add("Div", ["class_votes", "all_votes"], Score);

        Add("ArgMax", [Score], "best", AxisOne(), Attribute("keepdims", 0));
        Add("ReduceSum", ["class_votes", "one"], "sum", Attribute("keepdims", 0));
        Add("IsNaN", ["sum"], "is_missing");
        Add("Where", ["is_missing", "none", "best"], "class_index");
        AddNode(TextsOf("class_index", Class, classes));
        AddSlotNames(graph, Score, classes);
        return OnnxMessages.File(graph).ToArray();

        void Add(string type, string[] inputs, string output, params ProtobufWriter[] attributes) =>
            AddNode(Node(type, output, inputs, [output]), attributes);

        void AddNode(ProtobufWriter node, params ProtobufWriter[] attributes) =>
            graph.Message(GraphNode, attributes.Aggregate(node, static (sum, attribute) => sum.Message(5, attribute)));
    }
}
