namespace MlNetMobileViT;

/// <summary>Makes the values of columns of what a model gives for an image. Safe for use by many threads at once.</summary>
internal interface IResultDecoder
{
    /// <summary>The outputs of the model that it reads, each once.</summary>
    IReadOnlyList<ModelOutput> Outputs { get; }

    /// <summary>The columns that it writes.</summary>
    IReadOnlyList<OutputColumn> Columns { get; }

    /// <summary>Writes the columns of one row. Called on the thread that ran the model.</summary>
    /// <param name="outputs">What the model gave for the image: numbers all of them, and only valid during the call.</param>
    /// <param name="geometry">Where the model's input lies in the picture; null where the picture is not known.</param>
    /// <param name="row">Where the values go.</param>
    void Decode(ImageOutputs outputs, ImageGeometry? geometry, RowResult row);
}

/// <summary>What a model gave for one image, where the run left it.</summary>
/// <param name="outputs">The outputs.</param>
/// <param name="tensors">Their values for one image after the other.</param>
/// <param name="image">Which image.</param>
internal readonly ref struct ImageOutputs(IReadOnlyList<ModelOutput> outputs, float[][] tensors, int image)
{
    /// <summary>The values of an output.</summary>
    public ReadOnlySpan<float> this[int output] =>
        tensors[output].AsSpan(image * outputs[output].Length, outputs[output].Length);
}
