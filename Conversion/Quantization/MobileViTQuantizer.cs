using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>Computes most of a model in 8 bits: faster, and a fifth of the size.</summary>
/// <remarks>
/// Half of the pictures, at most 128, give the ranges of activations; the others, at most 2,000, are held out, and both models are
/// compared on them. Pictures are taken in their order, label by label where they have labels.
/// </remarks>
public static class MobileViTQuantizer
{
    private const int EnoughCalibration = 64;

    /// <summary>
    /// Quantizes a model. The same model, pictures, order and options give the same bytes, whatever the number of threads.
    /// </summary>
    /// <param name="modelPath">A float model of <see cref="MobileViTConverter"/>, of any precision of its weights.</param>
    /// <param name="outputPath">The file to write. It appears whole or not at all; one that is there is replaced.</param>
    /// <param name="images">
    /// Pictures of the kind that the model will see, <see cref="QuantizationOptions.MinImages"/> or more; may be empty where the level
    /// is <see cref="QuantizationLevel.Linear"/>. Those that cannot be read are left out, and the report names them.
    /// </param>
    /// <param name="options">How to quantize; null for the defaults.</param>
    /// <param name="progress">Is told what is being done; from several threads.</param>
    /// <param name="cancellationToken">Stops the work; no file is written then.</param>
    /// <returns>What was tried, what was written, and what somebody should know before relying on it.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of range, there are too few pictures, a label is none of the model's, or the output is the model itself, a
    /// folder or a device.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no model of this name.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder of the output does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// The model is none of this converter, in 8 bits already, or of a fixed batch of several pictures; too few pictures can be read;
    /// or no level keeps <see cref="QuantizationOptions.Keep"/> of the labels.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file must not be read or written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example>
    /// <code source="UnitTests/Quantization/QuantizerSamples.cs" region="Quantize"><![CDATA[
    /// // Half of the pictures show the ranges of the activations; both models are compared on the others.
    /// CalibrationImage[] images =
    ///     [.. Directory.GetFiles(photoFolder).Order(StringComparer.Ordinal).Select(path => new CalibrationImage(path))];
    /// QuantizationReport report = await MobileViTQuantizer.QuantizeAsync(modelFile, outputFile, images);
    ///
    /// QuantizationAttempt taken = report.Attempts[^1];
    /// Console.WriteLine($"{taken.Level}: {taken.Speed:0.00} times as fast, same label for {taken.Comparison!.SameLabel:P1}");
    ///
    /// using MobileViTModel model = MobileViTModel.Load(outputFile);
    /// ]]></code>
    /// </example>
    public static Task<QuantizationReport> QuantizeAsync(
        string modelPath,
        string outputPath,
        IReadOnlyList<CalibrationImage> images,
        QuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        ArgumentNullException.ThrowIfNull(images);
        options ??= new QuantizationOptions();
        return Task.Run(
            async () =>
            {
                options.Validate();
                AtomicFile.RequireWritable(outputPath);
                if (RealPath.AreSame(outputPath, modelPath))
                {
                    throw new ArgumentException($"The output '{outputPath}' is the model itself; name another file.");
                }

                RequireImages(images, options);
                using var quantization = new Quantization(FloatModel.Read(modelPath), images, options, progress, cancellationToken);
                QuantizationReport report = quantization.Run(outputPath, out ModelProto model);
                cancellationToken.ThrowIfCancellationRequested();
                await WriteAsync(model, outputPath).ConfigureAwait(false);
                return report;
            },
            cancellationToken);
    }

    /// <summary>Compares a model with another on pictures.</summary>
    /// <param name="floatModelPath">The float model; its preprocessing makes the pixels of both.</param>
    /// <param name="eightBitModelPath">Its 8-bit form, or any other with the same classes and preprocessing.</param>
    /// <param name="images">The pictures, one or more. Those that cannot be read are left out, and the result names them.</param>
    /// <param name="options">The threads and the largest picture; null for the defaults. The rest is not used.</param>
    /// <param name="progress">Is told what is being done; from several threads.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>How often both say the same, and where they do not.</returns>
    /// <exception cref="ArgumentException">There are no pictures, or a label is none of the model's.</exception>
    /// <exception cref="FileNotFoundException">There is no model of a name.</exception>
    /// <exception cref="InvalidDataException">
    /// A model is none of this converter, or gives neither probabilities nor logits; the models have other classes or preprocessing;
    /// or no picture can be read.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<ModelComparison> CompareAsync(
        string floatModelPath,
        string eightBitModelPath,
        IReadOnlyList<CalibrationImage> images,
        QuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(floatModelPath);
        ArgumentException.ThrowIfNullOrEmpty(eightBitModelPath);
        ArgumentNullException.ThrowIfNull(images);
        options ??= new QuantizationOptions();
        return Task.Run(
            () =>
            {
                options.Validate();
                if (images.Count == 0)
                {
                    throw new ArgumentException("There are no pictures to compare the models on.");
                }

                OnnxModelFile expected = FloatModel.ReadFile(floatModelPath);
                OnnxModelFile actual = FloatModel.ReadFile(eightBitModelPath);
                RequireSameTask(expected, actual);
                RequireLabels(images, expected);
                var workers = new PictureWorkers(expected.Metadata.Preprocessing, options, progress, cancellationToken);
                float[]?[] before = Answers(expected, "float model", workers);
                Calibration.RequireEnough(workers.Readable(images).Length, 1, images, workers);
                ModelComparison comparison = PictureAnswers.Compare(
                    images, before, Answers(actual, "8-bit model", workers), expected.Metadata.Labels);
                return comparison with { Unreadable = workers.Unreadable(images) };
            },
            cancellationToken);

        float[]?[] Answers(OnnxModelFile file, string step, PictureWorkers workers)
        {
            using var session = new PictureSession(file.Bytes, file.FilePath, file.Metadata.Preprocessing);
            return PictureAnswers.Of(session, images, step, workers);
        }
    }

    /// <summary>Checks that every label is one of a model's.</summary>
    /// <exception cref="ArgumentException">One is not; the message names it and its picture.</exception>
    internal static void RequireLabels(IReadOnlyList<CalibrationImage> images, OnnxModelFile file)
    {
        var known = file.Metadata.Labels.ToHashSet(StringComparer.Ordinal);
        if (images.FirstOrDefault(image => image.Label is not null && !known.Contains(image.Label)) is { } stranger)
        {
            throw new ArgumentException(
                $"The picture '{stranger.Path}' has the label '{stranger.Label}', which is none of the {(known.Count == 0 ? "model, as it has no labels" : "model's labels")}.");
        }
    }

    private static void RequireImages(IReadOnlyList<CalibrationImage> images, QuantizationOptions options)
    {
        if (images.Count < QuantizationOptions.MinImages && !(images.Count == 0 && options.Level == QuantizationLevel.Linear))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"There are {images.Count} pictures, and {QuantizationOptions.MinImages} or more are needed to find the ranges of activations; Level = Linear (--level linear) needs none."));
        }
    }

    private static void RequireSameTask(OnnxModelFile expected, OnnxModelFile actual)
    {
        if (!expected.Metadata.Labels.SequenceEqual(actual.Metadata.Labels)
            || Classes(expected) != Classes(actual)
            || expected.Metadata.Preprocessing != actual.Metadata.Preprocessing)
        {
            throw new InvalidDataException(
                $"'{actual.FilePath}' has other classes or another preprocessing than '{expected.FilePath}'; compare two forms of one model.");
        }
    }

    private static long? Classes(OnnxModelFile file) => file.Model.Graph.Output
        .Where(static output => output.Name is ModelOutputs.Logits or ModelOutputs.Probabilities)
        .Select(static output => (long?)output.Type.TensorType.Shape?.Dim[^1].DimValue)
        .FirstOrDefault();

    private static async Task WriteAsync(ModelProto model, string outputPath)
    {
        try
        {
            await AtomicFile.WriteAsync(outputPath, stream =>
            {
                model.WriteTo(stream);
                return Task.CompletedTask;
            }).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.WithMessage(exception, $"The output '{outputPath}' cannot be written: {exception.Message}");
        }
    }

    /// <summary>What somebody should know before relying on a calibration.</summary>
    internal static IEnumerable<string> Notes(Calibration calibration, IReadOnlyCollection<float[]> answers)
    {
        if (calibration.Images < EnoughCalibration)
        {
            yield return FormattableString.Invariant(
                $"The ranges come from {calibration.Images} pictures; {EnoughCalibration} or more give ranges worth relying on.");
        }

        if (calibration.Collapsed is [var first, ..])
        {
            yield return FormattableString.Invariant(
                $"{calibration.Collapsed.Count} activations are 0 in every picture, '{first}' the first of them; are the pictures of one colour?");
        }

        if (answers.Select(PictureAnswers.First).Distinct().Count() == 1
            && answers.Max(static answer => answer.Max()) - answers.Min(static answer => answer.Max()) < 0.001f)
        {
            yield return "The model says nearly the same of every picture, so that the comparison shows little; take pictures of the kind that it will see.";
        }
    }
}
