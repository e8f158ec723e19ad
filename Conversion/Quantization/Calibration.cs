using System.Numerics.Tensors;
using System.Security.Cryptography;
using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>The ranges of activations over pictures.</summary>
/// <param name="Ranges">By the name of the value; none is without extent.</param>
/// <param name="Collapsed">The values that are 0 for every picture, or as good as that.</param>
/// <param name="Images">The number of pictures.</param>
/// <param name="Sha256">The SHA-256 over the SHA-256 of each picture in their order.</param>
internal sealed record Calibration(
    IReadOnlyDictionary<string, ValueRange> Ranges, IReadOnlyList<string> Collapsed, int Images, string Sha256)
{
    // Below, the steps of 8 bits come near the smallest numbers that processors compute at full speed.
    private const float SmallestExtent = 1e-20f;

    /// <summary>Runs the float model over pictures twice: for the ends of each value's range, and for how often what is in between.</summary>
    /// <param name="model">The float model.</param>
    /// <param name="images">The pictures; those that cannot be read are noted by the workers.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="InvalidDataException">Values are no numbers, or few pictures can be read.</exception>
    public static Calibration Run(FloatModel model, IReadOnlyList<CalibrationImage> images, PictureWorkers workers)
    {
        string[] names = [.. EightBitLayers.Observed(model.Graph).Distinct()];
        using PictureSession session = model.Open(WithOutputs(model, names));
        var lowest = Filled(names.Length, float.PositiveInfinity);
        var highest = Filled(names.Length, float.NegativeInfinity);
        byte[][] digests = new byte[images.Count][];
        workers.ForEachPicture(
            "ranges",
            images,
            () => (Lowest: Filled(names.Length, float.PositiveInfinity), Highest: Filled(names.Length, float.NegativeInfinity)),
            (index, pixels, found) =>
            {
                using (FileStream file = File.OpenRead(images[index].Path))
                {
                    digests[index] = SHA256.HashData(file);
                }

                session.Run(pixels, names, (value, values) =>
                {
                    // Both give NaN where a value is.
                    found.Lowest[value] = MathF.Min(found.Lowest[value], TensorPrimitives.Min(values));
                    found.Highest[value] = MathF.Max(found.Highest[value], TensorPrimitives.Max(values));
                });
            },
            found =>
            {
                TensorPrimitives.Min(lowest, found.Lowest, lowest);
                TensorPrimitives.Max(highest, found.Highest, highest);
            });
        CalibrationImage[] readable = workers.Readable(images);
        RequireEnough(readable.Length, 1, images, workers);
        for (int i = 0; i < names.Length; i++)
        {
            if (!float.IsFinite(highest[i] - lowest[i]))
            {
                throw new InvalidDataException(
                    $"'{model.Path}' gives NaN or infinity in '{names[i]}' for a picture, so that it has no range to be quantized by.");
            }
        }

        ValueHistogram[] histograms = Empty();
        workers.ForEachPicture(
            "histograms",
            readable,
            Empty,
            (_, pixels, found) => session.Run(pixels, names, (value, values) => found[value].Add(values)),
            found =>
            {
                for (int i = 0; i < names.Length; i++)
                {
                    histograms[i].Add(found[i]);
                }
            });

        var ranges = new Dictionary<string, ValueRange>();
        List<string> collapsed = [];
        for (int i = 0; i < names.Length; i++)
        {
            ValueRange range = histograms[i].Range();
            if (range.Max - range.Min < SmallestExtent)
            {
                // Any range does for a value that is 0 always.
                range = new ValueRange(0, 1);
                collapsed.Add(names[i]);
            }

            ranges.Add(names[i], range);
        }

        string sha256 = Convert.ToHexStringLower(SHA256.HashData([.. digests.Where(static digest => digest is not null).SelectMany(static digest => digest)]));
        return new Calibration(ranges, collapsed, readable.Length, sha256);

        ValueHistogram[] Empty() =>
            [.. Enumerable.Range(0, names.Length).Select(i => new ValueHistogram(new ValueRange(lowest[i], highest[i])))];
    }

    /// <summary>Checks that enough pictures can be read.</summary>
    /// <exception cref="InvalidDataException">They cannot; the message names the first.</exception>
    public static void RequireEnough(int readable, int least, IReadOnlyCollection<CalibrationImage> images, PictureWorkers workers)
    {
        if (readable < least)
        {
            (string path, string reason) = workers.Unreadable(images)[0];
            throw new InvalidDataException(FormattableString.Invariant(
                $"Only {readable} of {images.Count} pictures can be read, and at least {least} must be; the first that cannot is '{path}': {reason}"));
        }
    }

    private static float[] Filled(int length, float value)
    {
        float[] values = new float[length];
        values.AsSpan().Fill(value);
        return values;
    }

    private static byte[] WithOutputs(FloatModel model, IEnumerable<string> names)
    {
        var graph = new OnnxGraph(model.Graph);
        graph.Proto.Output.AddRange(names.Except(graph.Proto.Output.Select(static output => output.Name)).Select(static name => new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        return OnnxModel.Stamp(graph, model.File.Metadata).ToByteArray();
    }
}
