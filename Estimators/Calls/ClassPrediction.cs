namespace MlNetMobileViT;

/// <summary>A class that a model takes an image for.</summary>
/// <param name="Label">The label of the class, as the model has it.</param>
/// <param name="Index">The number of the class, from 0: its place among the model's labels and probabilities.</param>
/// <param name="Probability">How likely it is, in [0, 1].</param>
public readonly record struct ClassPrediction(string Label, int Index, float Probability);
