namespace MlNetMobileViT;

/// <summary>One output of a <see cref="MobileViTModel"/>.</summary>
/// <param name="Name">The name in the graph: one of <see cref="ModelOutputs"/>, such as <c>logits</c> or <c>layer_3</c>.</param>
/// <param name="Shape">
/// The shape for one image, without the batch dimension: <c>[classes]</c>, <c>[channels]</c> or <c>[C, H, W]</c>.
/// </param>
public sealed record ModelOutput(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>The number of values for one image: the product of <see cref="Shape"/>.</summary>
    public int Length { get; } = Shape.Aggregate(1, static (product, side) => checked(product * side));

    /// <summary>A line for people, such as <c>logits [1000]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}

/// <summary>What of a model decides the columns that are made of it.</summary>
/// <param name="Source">What the model was loaded from, for the messages of errors.</param>
/// <param name="Outputs">Its outputs.</param>
/// <param name="Labels">The labels of its classes.</param>
internal sealed record ModelSignature(string Source, IReadOnlyList<ModelOutput> Outputs, IReadOnlyList<string> Labels)
{
    /// <summary>Gets an output by its name.</summary>
    /// <exception cref="ArgumentException">The model has no such output; the message lists those that it has.</exception>
    public ModelOutput GetOutput(string name) => Outputs.FirstOrDefault(output => output.Name == name)
        ?? throw new ArgumentException(
            $"The model '{Source}' has no output '{name}'; its outputs are {string.Join(", ", Outputs.Select(o => o.Name))}. "
            + "'mobilevit convert' can write others.",
            nameof(name));
}
