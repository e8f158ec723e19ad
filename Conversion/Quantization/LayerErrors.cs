using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>What each layer in 8 bits, alone, does to the result.</summary>
internal static class LayerErrors
{
    /// <summary>The pictures that layers are tried on.</summary>
    private const int Images = 8;

    // A session holds the whole model: on more threads memory, not the processors, would set the limit.
    private const int MostThreads = 4;

    /// <summary>Tries layers one by one.</summary>
    /// <param name="model">The float model.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="plan">Makes a plan of the layers given.</param>
    /// <param name="images">Pictures; the first few of them that can be read are used.</param>
    /// <param name="workers">The threads.</param>
    /// <returns>The errors, the largest first, equals in the order of the layers.</returns>
    public static IReadOnlyList<LayerError> Of(
        FloatModel model,
        IReadOnlyList<EightBitLayer> layers,
        Func<IEnumerable<EightBitLayer>, EightBitPlan> plan,
        IReadOnlyList<CalibrationImage> images,
        PictureWorkers workers)
    {
        CalibrationImage[] few = [.. workers.Readable(images).Take(Images)];
        float[]?[] pictures = new float[few.Length][];
        workers.ForEachPicture("pictures", few, static () => 0, (index, pixels, _) => pictures[index] = (float[])pixels.Clone(), static _ => { });
        float[][] pixels = [.. pictures.OfType<float[]>()];
        float[][] floats;
        using (PictureSession session = model.Open(model.File.Bytes))
        {
            floats = [.. pixels.Select(session.Probabilities)];
        }

        double[] errors = new double[layers.Count];
        workers.ForEach(
            "layers",
            layers.Count,
            Math.Min(MostThreads, workers.Threads),
            static () => 0,
            (index, _) =>
            {
                using PictureSession session = model.Open(
                    OnnxModel.Stamp(model.Quantized(plan([layers[index]])), model.File.Metadata).ToByteArray());
                errors[index] = pixels.Select((picture, i) =>
                {
                    int first = PictureAnswers.First(floats[i]);
                    return (double)MathF.Abs(session.Probabilities(picture)[first] - floats[i][first]);
                }).Average();
            },
            static _ => { });
        return [.. layers.Select((layer, i) => new LayerError(layer.Name, layer.Level, errors[i])).OrderByDescending(static error => error.MeanDifference)];
    }
}
