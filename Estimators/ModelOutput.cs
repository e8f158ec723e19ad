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
