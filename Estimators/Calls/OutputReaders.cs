namespace MlNetMobileViT;

/// <summary>Makes the result of a call of what the model gave for an image.</summary>
internal interface IOutputReader<out T>
{
    T Read(ImageOutputs outputs);
}

/// <summary>The most likely classes. The first output ranks them.</summary>
/// <param name="labels">The labels of all classes.</param>
/// <param name="top">How many classes.</param>
/// <param name="probabilities">Which output has the probabilities.</param>
internal readonly struct TopClasses(IReadOnlyList<string> labels, int top, int probabilities)
    : IOutputReader<IReadOnlyList<ClassPrediction>>
{
    // Beyond that, the ranking is no longer small enough for the stack.
    private const int MaxOnStack = 256;

    public IReadOnlyList<ClassPrediction> Read(ImageOutputs outputs)
    {
        Span<int> classes = top <= MaxOnStack ? stackalloc int[top] : new int[top];
        ClassRanking.Rank(outputs[0], classes);
        ReadOnlySpan<float> values = outputs[probabilities];
        var predictions = new ClassPrediction[top];
        for (int i = 0; i < top; i++)
        {
            predictions[i] = new ClassPrediction(labels[classes[i]], classes[i], values[classes[i]]);
        }

        return predictions;
    }
}

/// <summary>All values of the only output.</summary>
internal readonly struct OutputValues : IOutputReader<float[]>
{
    public float[] Read(ImageOutputs outputs) => outputs[0].ToArray();
}
