namespace MlNetMobileViT.Conversion;

/// <summary>A kind of head: how it is made, and how it is recognised in a checkpoint.</summary>
internal abstract class HeadKind
{
    /// <summary>The kinds that there are.</summary>
    public static IReadOnlyList<HeadKind> All { get; } = [new ClassificationKind()];

    /// <summary>Makes a head, which stands behind a backbone of so many channels; null for one of another kind.</summary>
    public abstract HeadModule? Create(HeadSpec spec, int inChannels);

    /// <summary>Reads a head off the shapes of its tensors.</summary>
    /// <param name="dimension">The shapes.</param>
    /// <param name="nearest">The head of a published network, for what is missing.</param>
    /// <returns>The head; null where there is none of this kind.</returns>
    public abstract HeadSpec? Describe(TensorDimension dimension, HeadSpec nearest);
}

/// <summary>A head: it knows the tensors that it needs and how to write itself into a graph.</summary>
internal abstract class HeadModule
{
    /// <summary>The tensors that it needs, in the order of the official state dict.</summary>
    public abstract IEnumerable<TensorSpec> Tensors { get; }

    /// <summary>Writes the head into a graph.</summary>
    /// <param name="graph">The graph and the weights.</param>
    /// <param name="outputs">What can be an output, by name: the backbone's maps, and then what the head makes of the last.</param>
    /// <param name="map">The last feature map of the backbone.</param>
    public abstract void Forward(NetworkGraph graph, GraphTensor map, IDictionary<string, GraphTensor> outputs);
}
