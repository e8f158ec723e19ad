namespace MlNetMobileViT;

/// <summary>Makes the result of a call of what the model gave for an image.</summary>
internal interface IOutputReader<out T>
{
    /// <summary>Reads the result.</summary>
    /// <param name="outputs">What the model gave.</param>
    /// <param name="geometry">Where the model's input lies in the image.</param>
    T Read(ImageOutputs outputs, ImageGeometry geometry);
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

    public IReadOnlyList<ClassPrediction> Read(ImageOutputs outputs, ImageGeometry geometry)
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
    public float[] Read(ImageOutputs outputs, ImageGeometry geometry) => outputs[0].ToArray();
}

/// <summary>The most likely class and its activation, which is the last output.</summary>
/// <param name="classes">Reads the class.</param>
/// <param name="map">The last output.</param>
/// <param name="index">Which output that is.</param>
/// <param name="input">The size of the model's input.</param>
internal readonly struct TopActivation(TopClasses classes, ModelOutput map, int index, ImagePreprocessing input) : IOutputReader<ClassActivation>
{
    public ClassActivation Read(ImageOutputs outputs, ImageGeometry geometry) => new(
        classes.Read(outputs, geometry)[0], map.Shape[0], map.Shape[1], outputs[index].ToArray(), geometry, input);
}
