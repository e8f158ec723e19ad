using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT.Conversion;

/// <summary>A model in ONNX Runtime that takes one picture at a time; any number of threads can use it at once.</summary>
internal sealed class PictureSession(byte[] model, string source, ImagePreprocessing preprocessing) : IDisposable
{
    private readonly InferenceSession _session =
        SessionFactory.Create(model, source, new MobileViTModelOptions { IntraOpNumThreads = 1 });

    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>Runs a picture.</summary>
    /// <param name="pixels"><c>[3, H, W]</c>.</param>
    /// <param name="outputs">The names of the outputs wanted.</param>
    /// <param name="use">Takes the number of an output and its values, which are there no longer than the call.</param>
    public void Run(float[] pixels, IReadOnlyCollection<string> outputs, Action<int, ReadOnlySpan<float>> use)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, preprocessing.Height, preprocessing.Width]);
        using var runOptions = new RunOptions();
        using var values = _session.Run(runOptions, [ModelOutputs.Input], [input], outputs);
        for (int i = 0; i < values.Count; i++)
        {
            use(i, values[i].GetTensorDataAsSpan<float>());
        }
    }

    /// <summary>The probabilities of the classes.</summary>
    /// <exception cref="InvalidDataException">The model gives none, or no numbers.</exception>
    public float[] Probabilities(float[] pixels)
    {
        string output = Outputs.Contains(ModelOutputs.Probabilities) ? ModelOutputs.Probabilities
            : Outputs.Contains(ModelOutputs.Logits) ? ModelOutputs.Logits
            : throw new InvalidDataException(
                $"'{source}' gives neither probabilities nor logits, so that nothing can be compared on pictures; convert it with one of them.");
        float[] values = [];
        Run(pixels, [output], (_, result) => values = result.ToArray());
        if (!Array.TrueForAll(values, float.IsFinite))
        {
            throw new InvalidDataException($"'{source}' gives NaN or infinity in '{output}' for a picture, so that it cannot be used.");
        }

        return output == ModelOutputs.Probabilities ? values : Softmax(values);
    }

    public void Dispose() => _session.Dispose();

    private static float[] Softmax(float[] scores)
    {
        double highest = scores.Max();
        double sum = scores.Sum(score => Math.Exp(score - highest));
        return Array.ConvertAll(scores, score => (float)(Math.Exp(score - highest) / sum));
    }
}
