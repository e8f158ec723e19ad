using System.Globalization;

namespace MlNetMobileViT;

/// <summary>What a model file says about itself, checked.</summary>
/// <param name="Metadata">Its metadata.</param>
/// <param name="FixedBatch">The only number of images that the graph takes at once; null where it takes any.</param>
/// <param name="Signature">What of it decides the columns that are made of it.</param>
internal sealed record ModelDescription(ModelMetadata Metadata, int? FixedBatch, ModelSignature Signature)
{
    /// <summary>Makes a description of what the file says.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="source">What it was read from, for the messages of errors.</param>
    /// <param name="measure">
    /// Runs the graph on an input of a shape for the shapes of its outputs, where the header has not got all of them: a graph for
    /// pictures of any size does not say how large its feature maps are.
    /// </param>
    /// <exception cref="InvalidDataException">The file was not written by the converter, or its parts disagree.</exception>
    public static ModelDescription Create(OnnxHeader header, string source, Func<int[], int[][]> measure)
    {
        var metadata = ModelMetadata.FromProperties(header.Properties, source);
        int? fixedBatch = ReadBatch(header.Inputs, metadata.Preprocessing, source);
        int[][] shapes = [.. header.Outputs.Select(static output => output.Dimensions ?? [])];
        if (shapes.Any(static shape => shape.Length == 0 || Array.IndexOf(shape, OnnxTensor.AnySize, startIndex: 1) >= 0))
        {
            shapes = measure([fixedBatch ?? 1, 3, metadata.Preprocessing.Height, metadata.Preprocessing.Width]);
        }

        ModelOutput[] outputs = ReadOutputs(header.Outputs, shapes, source);
        return new ModelDescription(metadata, fixedBatch, new ModelSignature(source, outputs, ReadLabels(metadata, outputs, source)));
    }

    private static int? ReadBatch(IReadOnlyList<OnnxTensor> inputs, ImagePreprocessing preprocessing, string source)
    {
        if (inputs is not [{ Name: ModelOutputs.Input, IsFloat: true, Dimensions: [int batch, .. int[] image] }]
            || image.Length != 3
            || !Fits(image, [3, preprocessing.Height, preprocessing.Width]))
        {
            throw new InvalidDataException(
                $"'{source}' must have one float input '{ModelOutputs.Input}' of shape [N, 3, {preprocessing.Height}, "
                + $"{preprocessing.Width}], as its metadata says. Convert the checkpoint again.");
        }

        if (batch > MobileViTScoringOptions.MaxBatchSize)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{source}' takes {batch} images at once, more than {MobileViTScoringOptions.MaxBatchSize}. Convert the checkpoint again "
                + $"with a smaller batch, or without a fixed one."));
        }

        return batch > 0 ? batch : null;
    }

    private static bool Fits(int[] declared, int[] wanted) =>
        declared.Zip(wanted).All(static pair => pair.First < 0 || pair.First == pair.Second);

    private static ModelOutput[] ReadOutputs(IReadOnlyList<OnnxTensor> outputs, int[][] shapes, string source)
    {
        if (outputs.Any(static output => !output.IsFloat) || shapes.Any(static shape => shape.Length < 2))
        {
            throw new InvalidDataException(
                $"'{source}' has outputs that are not float32 with a batch and one dimension more. Convert the checkpoint again.");
        }

        foreach ((OnnxTensor output, int[] shape) in outputs.Zip(shapes))
        {
            if (shape[1..].Any(static side => side < 1) || shape[1..].Aggregate(1L, MultiplyUpTo) > Array.MaxLength)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{source}' has an output '{output.Name}' of the impossible shape [{string.Join(", ", shape[1..])}]. Convert the checkpoint again."));
            }
        }

        return [.. outputs.Zip(shapes, static (output, shape) => new ModelOutput(output.Name, shape[1..]))];

        static long MultiplyUpTo(long product, int side) => Math.Min(product, int.MaxValue) * side;
    }

    private static string[] ReadLabels(ModelMetadata metadata, IReadOnlyList<ModelOutput> outputs, string source)
    {
        ModelOutput? scores =
            outputs.FirstOrDefault(static output => output.Name is ModelOutputs.Logits or ModelOutputs.Probabilities);
        if (scores is null)
        {
            return [.. metadata.Labels];
        }

        if (metadata.Labels.Count == 0)
        {
            return [.. Enumerable.Range(0, scores.Length).Select(static i => i.ToString(CultureInfo.InvariantCulture))];
        }

        if (metadata.Labels.Count != scores.Length)
        {
            throw new InvalidDataException(
                $"'{source}' has {scores.Length} classes but {metadata.Labels.Count} labels in its metadata. "
                + "Convert the checkpoint again with a file of one label a line.");
        }

        // ML.NET's keys have no room for a label that is empty or stands twice: those after it would move up.
        var taken = metadata.Labels.ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { "" };
        return [.. metadata.Labels.Select((label, index) => seen.Add(label) ? label : DistinctNames.Make(label, index, taken))];
    }
}
