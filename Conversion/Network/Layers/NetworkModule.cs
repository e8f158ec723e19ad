namespace MlNetMobileViT.Conversion;

/// <summary>A part of the network: it knows the tensors that it needs and how to write itself into a graph.</summary>
/// <param name="names">The prefix of its tensors in every layout.</param>
internal abstract class NetworkModule(LayoutName names)
{
    /// <summary>The prefix of its tensors in every layout.</summary>
    public LayoutName Names { get; } = names;

    /// <summary>The prefix of its tensors in the official state dict, such as <c>layer_3.1.conv_proj</c>.</summary>
    public string Name => Names.Cvnets;

    /// <summary>The tensors that it needs, in the order of the official state dict.</summary>
    public abstract IEnumerable<TensorSpec> Tensors { get; }

    /// <summary>Writes the module into a graph.</summary>
    /// <param name="graph">The graph and the weights.</param>
    /// <param name="input">What the module is applied to.</param>
    /// <returns>What leaves the module.</returns>
    public abstract GraphTensor Forward(NetworkGraph graph, GraphTensor input);

    /// <summary>A parameter of this module.</summary>
    protected TensorSpec Parameter(string suffix, params int[] shape) => new(Names.Part(suffix), shape, TensorKind.Parameter);
}
