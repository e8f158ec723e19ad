using System.CommandLine;
using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>verify model.onnx</c>: whether a converted file is good.</summary>
internal sealed class VerifyCommand : ToolCommand
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A converted ONNX file." };

    private readonly ValueOption<string?> _image = new(
        "--image", "FILE",
        "An image whose first logits are known. With --expected, any image; without, COCO's "
            + $"val2017/{PublishedWeights.ImageName}, for which those of Apple's weights are published.");

    private readonly ValueOption<string?> _expected = new(
        "--expected", "NUMBERS", "The first logits that the image must give, by comma, such as -0.9866,0.2392,-1.1241.");

    private readonly Option<float> _tolerance = new("--tolerance")
    {
        Description = "The largest difference from them that is allowed.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => VerificationSample.DefaultTolerance,
    };

    private readonly ValueOption<string?> _against = new(
        "--against", "FLOAT.onnx", "The model that an 8-bit file was made from, to compare both on --images.");

    private readonly Option<string[]> _images = new("--images")
    {
        Description = "A folder of images to compare on, with its subfolders; may be given more than once.",
        HelpName = "FOLDER",
    };

    private readonly KeepOption _keep;
    private readonly ReadingOptions _reading;
    private readonly Terminal _terminal;

    public VerifyCommand(Terminal terminal)
        : base(
            "verify",
            "Check that a converted file is whole and computes what it should.",
            "verify mobilevit_xxs.onnx",
            "verify flowers.onnx --image rose.jpg --expected 5.1203,-0.9866,0.2392",
            "verify int8.onnx --against mobilevit_s.onnx --images photos")
    {
        _terminal = terminal;
        Add(_model);
        Add(_image);
        Add(_expected);
        Add(_tolerance);
        Add(_against);
        Add(_images);
        _keep = new KeepOption(this, "The share of --images whose first label must be that of --against.");
        _reading = new ReadingOptions(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] folders = parsed.GetValue(_images) ?? [];
        if (parsed.GetValue(_against) is not { } against)
        {
            return folders.Length == 0
                ? Run(parsed)
                : throw new CommandException("--images are compared with a float model; add --against FLOAT.onnx.");
        }

        if (folders.Length == 0)
        {
            throw new CommandException("--against compares both models on images; add --images FOLDER.");
        }

        var (threads, maxPixels) = _reading.Read(parsed);
        double keep = _keep.Read(parsed);
        var images = new CalibrationFolders(folders, minImages: 1, _terminal.Note);
        int checks = Run(parsed);
        if (checks != ExitCodes.Success)
        {
            return checks;
        }

        _terminal.WriteLine();
        return await CompareAsync(
            parsed.GetRequiredValue(_model),
            against,
            images,
            new QuantizationOptions { Keep = keep, Threads = threads, MaxPixels = maxPixels },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> CompareAsync(
        string path, string against, CalibrationFolders folders, QuantizationOptions options, CancellationToken cancellationToken)
    {
        OnnxModelFile file = OnnxModelFile.Read(path);
        OnnxModelFile before = OnnxModelFile.Read(against);
        if (file.Metadata.Quantization is { } quantization && quantization.FloatWeightsSha256 != before.Metadata.WeightsSha256)
        {
            _terminal.Note($"'{path}' was not made from '{against}', but from a model with other weights.");
        }

        IReadOnlyList<CalibrationImage> images = folders.Of(before.Metadata.Labels, line => _terminal.WriteLine(line));
        ModelComparison comparison = await StepProgress.RunAsync(
            _terminal, progress => MobileViTQuantizer.CompareAsync(against, path, images, options, progress, cancellationToken))
            .ConfigureAwait(false);
        ComparisonTables.Write(_terminal, comparison, file.Metadata.Quantization, file.Bytes.LongLength);
        int unreadable = UnreadableImages.Write(_terminal, [.. folders.Unlisted, .. comparison.Unreadable]);
        if (comparison.SameLabel >= options.Keep)
        {
            return unreadable;
        }

        _terminal.Error.WriteLine(
            $"error: '{path}' keeps {ComparisonText.Percent(comparison.SameLabel)} of the labels, and --keep wants "
            + $"{ComparisonText.Percent(options.Keep)}.");
        return ExitCodes.SomeFailed;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_model);
        string? image = parsed.GetValue(_image);
        float[]? expected = parsed.GetValue(_expected) is { } text ? ParseNumbers(text) : null;
        if (expected is not null && image is null)
        {
            throw new ArgumentException("--expected says what an image must give; add --image FILE.");
        }

        float tolerance = parsed.GetValue(_tolerance);
        if (!(tolerance >= 0))
        {
            throw new ArgumentException("--tolerance must be a number from 0 up.");
        }

        var report = ModelVerifier.Verify(
            path, image is null ? null : metadata => MakeSample(image, expected, tolerance, metadata));
        int width = report.Checks.Max(static check => check.Name.Length);
        foreach (var check in report.Checks)
        {
            _terminal.Output.WriteLine($"{(check.Passed ? "ok    " : "FAILED")}  {check.Name.PadRight(width)}  {check.Detail}");
        }

        if (report.OutputsWithoutNumbers is { Count: > 0 } broken)
        {
            _terminal.Error.WriteLine(
                $"error: '{path}' cannot be used: {string.Join(", ", broken)} {(broken.Count == 1 ? "holds" : "hold")} NaN or infinity "
                + "for an ordinary picture, so its weights overflow; convert another checkpoint of the training, or one that was not "
                + "stored in 16 bits.");
            return ExitCodes.Unusable;
        }

        if (report.Passed)
        {
            _terminal.Output.WriteLine($"{path} is good.");
            if (image is null)
            {
                _terminal.Output.WriteLine(
                    "What the file alone cannot show: whether it was trained with this preprocessing "
                    + $"({report.Metadata.Preprocessing}) and its labels are in this order. --image with --expected does.");
            }

            return ExitCodes.Success;
        }

        _terminal.Error.WriteLine($"error: '{path}' is not as it should be; convert the checkpoint again.");
        return ExitCodes.SomeFailed;
    }

    private static VerificationSample MakeSample(string image, float[]? expected, float tolerance, ModelMetadata metadata)
    {
        string name = Path.GetFileName(image);
        var logits = expected
            ?? PublishedLogits(name, metadata)
            ?? throw new ArgumentException(
                $"No logits are published for '{name}' and {metadata.ModelName}; "
                + $"say with --expected what they must be. (Published are those of COCO's {PublishedWeights.ImageName}.)");
        var preprocessor = new ImagePreprocessor(metadata.Preprocessing);
        float[] pixels = new float[preprocessor.Length];
        preprocessor.Preprocess(image, pixels);
        return new VerificationSample(name, pixels, logits, tolerance);
    }

    /// <summary>The published logits; null where there are none for the network or the photograph.</summary>
    /// <exception cref="ArgumentException">There are, with other preprocessing than the model's.</exception>
    private static IReadOnlyList<float>? PublishedLogits(string image, ModelMetadata metadata)
    {
        if (image != PublishedWeights.ImageName
            || PublishedWeights.All.FirstOrDefault(weights => weights.Variant == metadata.Variant && weights.Logits.Count > 0) is not { } published)
        {
            return null;
        }

        ImagePreprocessing preprocessing = PreprocessingPresets.Get(published.LogitsPreset);
        return published.LogitsPreset == published.Preset || metadata.Preprocessing == preprocessing
            ? published.Logits
            : throw new ArgumentException(
                $"The published logits of '{image}' and {metadata.ModelName} are of another preprocessing ({preprocessing}) than this model's; "
                + $"convert the weights '{published.Name}' with --preset {published.LogitsPreset} to compare them.");
    }

    private static float[] ParseNumbers(string text)
    {
        float[] numbers =
        [
            .. text.Split(',').Select(part =>
                float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) ? value : float.NaN),
        ];
        return Array.TrueForAll(numbers, float.IsFinite)
            ? numbers
            : throw new ArgumentException($"'{text}' is not a list of numbers; write them like -0.9866,0.2392,-1.1241.");
    }
}
