using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT.Conversion;

/// <summary>Tells whether a converted file is good: structure, metadata, checksum, and what ONNX Runtime computes with it.</summary>
internal static class ModelVerifier
{
    // Rows of a batch and rows alone take different code paths in ONNX Runtime's kernels.
    private const double BatchTolerance = 1e-4;

    // 8 bits without ranges from pictures find one range for all rows of a batch, and each row is rounded to that.
    private const double SharedRangeTolerance = 0.05;
    private const double SoftmaxTolerance = 1e-5;

    /// <summary>Checks a file.</summary>
    /// <param name="path">An ONNX file of this converter.</param>
    /// <param name="sample">Makes an input whose logits are known from what the file says about itself; null for none.</param>
    /// <returns>Every check that could be made; those after a failed one that they depend on are left out.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, or not one of this converter.</exception>
    public static VerificationReport Verify(string path, Func<ModelMetadata, VerificationSample>? sample = null)
    {
        var file = OnnxModelFile.Read(path);
        VerificationSample? known = sample?.Invoke(file.Metadata);
        var checks = new List<VerificationCheck> { CheckMetadata(file.Metadata), CheckWeights(file) };
        IReadOnlyList<string> withoutNumbers = [];
        try
        {
            using var session = new VerificationSession(file);
            checks.Add(CheckStructure(file, session));
            if (checks[^1].Passed)
            {
                withoutNumbers = RunModel(session, file, known, checks);
            }
        }
        catch (OnnxRuntimeException exception)
        {
            checks.Add(new VerificationCheck("structure", false, $"ONNX Runtime refuses the file: {exception.Message.Trim()}"));
        }

        return new VerificationReport(file.Metadata, checks) { OutputsWithoutNumbers = withoutNumbers };
    }

    private static VerificationCheck CheckMetadata(ModelMetadata metadata)
    {
        var problems = new List<string>();
        try
        {
            var architecture = MobileViTArchitecture.FromJson(metadata.Architecture);
            if (MobileViTVariants.NameOf(architecture) != metadata.Variant)
            {
                problems.Add(
                    $"the variant is '{metadata.Variant}', and the architecture is that of '{MobileViTVariants.NameOf(architecture)}'");
            }

            if (architecture.ParameterCount != metadata.Parameters)
            {
                problems.Add(Text($"{metadata.Parameters} parameters are stated, and the architecture has {architecture.ParameterCount}"));
            }

            if (metadata.Labels.Count != 0 && metadata.Labels.Count != architecture.Classes)
            {
                problems.Add(Text($"there are {metadata.Labels.Count} labels for {architecture.Classes} classes"));
            }
        }
        catch (FormatException exception)
        {
            problems.Add($"the architecture cannot be read: {exception.Message}");
        }

        if (metadata.Labels.Distinct(StringComparer.Ordinal).Count() != metadata.Labels.Count)
        {
            problems.Add("a label stands twice");
        }

        return new VerificationCheck(
            "metadata",
            problems.Count == 0,
            problems.Count == 0
                ? Text($"{metadata.ModelName}, {metadata.Parameters:N0} parameters, {metadata.Labels.Count} labels")
                : string.Join("; ", problems));
    }

    private static VerificationCheck CheckWeights(OnnxModelFile file)
    {
        string actual = OnnxModel.WeightsSha256(file.Model.Graph);
        return actual == file.Metadata.WeightsSha256
            ? new VerificationCheck("weights", true, $"SHA-256 {actual}")
            : new VerificationCheck(
                "weights", false, $"their SHA-256 is {actual}, and the file recorded {file.Metadata.WeightsSha256}: they were changed");
    }

    private static VerificationCheck CheckStructure(OnnxModelFile file, VerificationSession session)
    {
        string[] known = [.. ModelOutputs.Default, .. ModelOutputs.Stages];
        var wanted = file.Metadata.Preprocessing;
        string? problem = session.InputProblem
            ?? (session.Outputs.Count == 0 || session.Outputs.Except(known).Any()
                ? $"the outputs are {string.Join(", ", session.Outputs)}; expected are some of {string.Join(", ", known)}"
                : !session.Accepts(wanted.Height, wanted.Width)
                ? Text($"the input is {session.InputShape}, and the preprocessing makes {wanted.Height}×{wanted.Width} pixels")
                : session.InputValues > VerificationSession.MaxInputValues
                ? Text($"a batch for {session.InputShape} holds {session.InputValues} values, too many to check")
                : null);
        return new VerificationCheck(
            "structure",
            problem is null,
            problem ?? Text($"{file.Model.Graph.Node.Count} nodes, {session.InputShape} → {string.Join(", ", session.Outputs)}"));
    }

    /// <returns>The outputs that hold NaN or infinity. What could be compared with them is not.</returns>
    private static string[] RunModel(
        VerificationSession session, OnnxModelFile file, VerificationSample? sample, List<VerificationCheck> checks)
    {
        ModelMetadata metadata = file.Metadata;
        var pattern = Pattern(metadata.Preprocessing);
        var results = session.Run([pattern, Mirrored(pattern)]);
        string[] broken = [.. results.Where(static pair => !Array.TrueForAll(pair.Value, float.IsFinite)).Select(static pair => pair.Key)];
        checks.Add(new VerificationCheck(
            "forward pass",
            broken.Length == 0,
            broken.Length == 0
                ? $"{string.Join(", ", results.Select(static pair => Text($"{pair.Key} ±{pair.Value.Max(MathF.Abs):0.###}")))}"
                : $"{string.Join(", ", broken)} {(broken.Length == 1 ? "holds" : "hold")} NaN or infinity"));
        if (broken.Length > 0)
        {
            return broken;
        }

        var again = session.Run([pattern, Mirrored(pattern)]);
        string[] different = [.. results.Keys.Where(name => !results[name].AsSpan().SequenceEqual(again[name]))];
        checks.Add(new VerificationCheck(
            "repeatable",
            different.Length == 0,
            different.Length == 0 ? "the same input twice, the same numbers" : $"{string.Join(", ", different)} differ from run to run"));

        if (results.TryGetValue(ModelOutputs.Logits, out float[]? logits)
            && results.TryGetValue(ModelOutputs.Probabilities, out float[]? probabilities))
        {
            checks.Add(CheckSoftmax(logits, probabilities));
        }

        if (session.FixedBatch is null)
        {
            bool sharesRanges = file.Model.Graph.Node.Any(static node => node.OpType == "DynamicQuantizeLinear");
            checks.Add(CheckBatch(results, session.Run([pattern]), sharesRanges));
        }

        if (sample is not null)
        {
            checks.Add(CheckSample(session, metadata, sample));
        }

        return broken;
    }

    private static VerificationCheck CheckSoftmax(float[] logits, float[] probabilities)
    {
        const int Rows = VerificationSession.Rows;
        int classes = logits.Length / Rows;
        double largest = logits.Length == probabilities.Length ? 0 : double.PositiveInfinity;
        for (int row = 0; row < Rows && double.IsFinite(largest); row++)
        {
            float[] scores = logits[(row * classes)..((row + 1) * classes)];
            double highest = scores.Max();
            double sum = scores.Sum(score => Math.Exp(score - highest));
            for (int i = 0; i < classes; i++)
            {
                double expected = Math.Exp(scores[i] - highest) / sum;
                largest = Max(largest, Math.Abs(expected - probabilities[(row * classes) + i]));
            }
        }

        return new VerificationCheck(
            "probabilities",
            largest <= SoftmaxTolerance,
            Text($"they differ from the softmax of the logits by at most {largest:0.0e+0}"));
    }

    private static VerificationCheck CheckBatch(
        Dictionary<string, float[]> batch, Dictionary<string, float[]> single, bool sharesRanges)
    {
        double largest = 0;
        foreach ((string name, float[] values) in single)
        {
            // Relative to the size of the values: feature maps have no fixed scale.
            double scale = Math.Max(1, values.Max(MathF.Abs));
            for (int i = 0; i < values.Length; i++)
            {
                largest = Max(largest, Math.Abs(values[i] - batch[name][i]) / scale);
            }
        }

        return new VerificationCheck(
            "batch",
            largest <= (sharesRanges ? SharedRangeTolerance : BatchTolerance),
            Text($"a row alone and in a batch of two differ by at most {largest:0.0e+0}")
            + (sharesRanges ? "; in 8 bits without calibration, rows of a batch share their ranges" : ""));
    }

    private static VerificationCheck CheckSample(VerificationSession session, ModelMetadata metadata, VerificationSample sample)
    {
        string name = $"logits of {sample.Name}";
        if (!session.Outputs.Contains(ModelOutputs.Logits))
        {
            return new VerificationCheck(name, false, "the model has no output 'logits' to compare; convert it with that output");
        }

        int length = 3 * metadata.Preprocessing.Height * metadata.Preprocessing.Width;
        if (sample.Pixels.Length != length)
        {
            return new VerificationCheck(name, false, Text($"the input has {sample.Pixels.Length} values, and the model takes {length}"));
        }

        float[] logits = session.Run([sample.Pixels.ToArray()])[ModelOutputs.Logits];
        float[] first = [.. logits.Take(sample.FirstLogits.Count)];
        double largest = first.Length < sample.FirstLogits.Count
            ? double.PositiveInfinity
            : first.Zip(sample.FirstLogits, static (actual, expected) => Math.Abs((double)actual - expected)).Aggregate(0.0, Max);
        return new VerificationCheck(
            name,
            largest <= sample.Tolerance,
            $"{Join(first)}; expected {Join(sample.FirstLogits)}; " + Text($"difference {largest:0.0e+0}, allowed {sample.Tolerance:0.0e+0}"));
    }

    /// <summary>A picture without symmetry: x[c, y, x] = ((31c + 7y + 13x) mod 256) / 255.</summary>
    private static float[] Pattern(ImagePreprocessing preprocessing)
    {
        (int height, int width) = (preprocessing.Height, preprocessing.Width);
        float[] pixels = new float[3 * height * width];
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i / (height * width);
            int y = i / width % height;
            int x = i % width;
            pixels[i] = ((31 * channel) + (7 * y) + (13 * x)) % 256 / 255f;
        }

        return pixels;
    }

    private static float[] Mirrored(float[] pixels) => [.. pixels.Reverse()];

    /// <summary>The larger number; NaN counts as infinite, so that it fails every check.</summary>
    private static double Max(double largest, double value) => double.IsNaN(value) ? double.PositiveInfinity : Math.Max(largest, value);

    private static string Join(IEnumerable<float> values) =>
        string.Join(", ", values.Select(static value => value.ToString("0.0000", CultureInfo.InvariantCulture)));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
