namespace MlNetMobileViT;

/// <summary>An output of the model that a step of a saved pipeline takes.</summary>
/// <param name="Name">Its name in the graph: one of <see cref="ModelOutputs"/>.</param>
/// <param name="Length">The number of its values for one image.</param>
internal sealed record SavedOutput(string Name, int Length);
