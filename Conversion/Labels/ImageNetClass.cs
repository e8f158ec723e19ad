namespace MlNetMobileViT.Conversion;

/// <summary>One of the 1000 classes of ImageNet-1k (ILSVRC 2012).</summary>
/// <param name="Index">The position in a model's logits, from 0.</param>
/// <param name="WordNetId">The WordNet id, such as <c>n01440764</c>: the name of the class's folder in the data set.</param>
/// <param name="Name">The name, such as <c>tench</c>. Two names stand twice: crane and maillot.</param>
/// <param name="Label">
/// The name, with the WordNet id in parentheses where another class has the same name: unique among the classes.
/// </param>
public sealed record ImageNetClass(int Index, string WordNetId, string Name, string Label);
