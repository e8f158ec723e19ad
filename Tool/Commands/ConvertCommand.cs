using System.CommandLine;
using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>convert CHECKPOINT -o model.onnx</c>.</summary>
internal sealed class ConvertCommand : ToolCommand
{
    private readonly WeightsSource _source;

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The ONNX file to write. One that is there is replaced.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly ValueOption<string?> _labels = new(
        "--labels", "FILE",
        "Class labels: a UTF-8 text file, one a line, in the order of the classes. "
            + "Default: those of a config.json beside the weights; else those of ImageNet-1k for a model of 1000 classes.");

    private readonly Option<bool> _noLabels = new("--no-labels")
    {
        Description = "Write no labels: for 1000 classes that are not ImageNet's.",
    };

    private readonly ValueOption<string?> _preset = new(
        "--preset", "NAME",
        $"The preprocessing to write into the file: {string.Join(", ", PreprocessingPresets.Names)}. "
            + "Default: that of a preprocessor_config.json or config.json beside the weights; else that of the checkpoint's layout "
            + "(and, for MobileViTv2, of its input size).");

    private readonly ValueOption<string?> _inputSize = new(
        "--input-size", "SIZE",
        "The size of the input in pixels, multiples of 32: one number, or HxW such as 192x320. Default: "
            + $"that of the preprocessing beside the weights; else that of the preset, {PreprocessingPresets.DefaultSide} for most.");

    private readonly ValueOption<string?> _variant = new(
        "--variant", "NAME", $"Accept only this variant: {string.Join(", ", MobileViTVariants.Names)}. Default: any.");

    private readonly ValueOption<string?> _outputs = new(
        "--outputs", "NAMES",
        $"The outputs, by comma: {string.Join(",", ModelOutputs.Default)} (default), {ModelOutputs.Activation} (see explain), and the feature maps "
            + $"{string.Join(",", ModelOutputs.Stages)}.");

    private readonly Option<bool> _float16 = new("--float16") { Description = "Store the weights in 16 bits: half the file." };

    private readonly ValueOption<int?> _batch = new("--batch", "N", "Fix the batch size. Default: any.");

    private readonly Option<bool> _dynamicSize = new("--dynamic-size")
    {
        Description = "Take inputs of any size that is a multiple of 32.",
    };

    private readonly Option<bool> _portable = new("--portable")
    {
        Description = "Use standard ONNX operators only, for runtimes other than ONNX Runtime.",
    };

    private readonly ValueOption<string?> _architecture = new(
        "--architecture", "FILE",
        "Accept only this network: a JSON file in the form that 'inspect' prints. Default: what the tensors show.");

    private readonly ValueOption<int?> _heads = new(
        "--heads", "N", "The attention heads of a network of your own, which no tensor shows. Default: 4.");

    private readonly ValueOption<string?> _layerNorm = new(
        "--layer-norm", "KIND",
        "Where a block has as many patches as channels, layer norms normalise over the channels (channels) or, as CVNets "
            + "since version 0.2, over the patches (cvnets). Default: auto, which is cvnets for a checkpoint in its layout, and "
            + "channels for others and for official weights by name.");

    private readonly Terminal _terminal;

    public ConvertCommand(Terminal terminal)
        : base(
            "convert",
            "Convert a checkpoint into an ONNX file.",
            "convert xxs --output mobilevit_xxs.onnx",
            "convert flowers.pt --labels flowers.txt --input-size 256 --output flowers.onnx")
    {
        _terminal = terminal;
        _source = new WeightsSource(this, "CHECKPOINT", "A checkpoint file, or a folder of Hugging Face or timm");
        Option[] options =
        [
            _output, _labels, _noLabels, _preset, _inputSize, _variant, _outputs, _float16, _batch, _dynamicSize, _portable,
            _architecture, _heads, _layerNorm,
        ];
        Array.ForEach(options, Add);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        // Everything that can be wrong with the options is said before anything is downloaded.
        var options = ReadOptions(parsed);
        options.Validate();
        string output = parsed.GetRequiredValue(_output);
        AtomicFile.RequireWritable(output);
        RequireUnread(output, parsed.GetValue(_labels), parsed.GetValue(_architecture));
        string path = await _source.GetPathAsync(parsed, _terminal, cancellationToken);
        Write(MobileViTConverter.Convert(path, output, options));
        return ExitCodes.Success;
    }

    private static void RequireUnread(string output, params IEnumerable<string?> read)
    {
        // The checkpoint is compared by the converter itself.
        if (read.OfType<string>().FirstOrDefault(file => RealPath.AreSame(file, output)) is { } same)
        {
            throw new ArgumentException($"The output '{output}' is '{same}', which the conversion reads; name another file.");
        }
    }

    private ConversionOptions ReadOptions(ParseResult parsed)
    {
        if (parsed.GetValue(_labels) is not null && parsed.GetValue(_noLabels))
        {
            throw new ArgumentException("--labels and --no-labels exclude each other; give one of them.");
        }

        InputSize? size = parsed.GetValue(_inputSize) is { } text ? InputSize.Parse(text) : null;
        string source = parsed.GetRequiredValue(_source.Checkpoint);
        ConversionOptions given = OfficialWeights.Names.Contains(source)
            ? OfficialWeights.ConversionOptionsFor(source)
            : new ConversionOptions();
        return given with
        {
            Variant = parsed.GetValue(_variant) ?? given.Variant,
            Architecture = parsed.GetValue(_architecture) is { } file ? ReadArchitecture(file) : null,
            Heads = parsed.GetValue(_heads),
            StateDictKey = _source.GetStateDictKey(parsed),
            Labels = parsed.GetValue(_noLabels) ? [] : parsed.GetValue(_labels) is { } labels ? LabelFile.Read(labels) : null,
            Preset = parsed.GetValue(_preset) ?? given.Preset,
            Height = size?.Height,
            Width = size?.Width,
            Batch = parsed.GetValue(_batch),
            DynamicSize = parsed.GetValue(_dynamicSize),
            Outputs = parsed.GetValue(_outputs)?.Split(',', StringSplitOptions.TrimEntries) ?? ModelOutputs.Default,
            Precision = parsed.GetValue(_float16) ? WeightPrecision.Float16 : WeightPrecision.Float32,
            Portable = parsed.GetValue(_portable),
            LayerNorm = parsed.GetValue(_layerNorm) switch
            {
                null or "auto" => given.LayerNorm,
                "channels" => LayerNormKind.Channels,
                "cvnets" => LayerNormKind.Cvnets,
                var other => throw new ArgumentException($"--layer-norm takes auto, channels or cvnets, not '{other}'."),
            },
        };
    }

    private static string ReadArchitecture(string path)
    {
        const int MaxBytes = 1 << 20;
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no architecture file '{path}'.", path);
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new InvalidDataException($"The architecture file '{path}' is larger than {MaxBytes >> 20} MiB, which none is.");
        }

        try
        {
            return MobileViTArchitecture.FromJson(File.ReadAllText(path)).ToJson();
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"The architecture file '{path}' cannot be used: {exception.Message}", exception);
        }
    }

    private void Write(ConversionReport report)
    {
        var metadata = report.Metadata;
        _terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Wrote {report.OutputPath}: {metadata.ModelName}, {metadata.Parameters:N0} parameters, "
            + $"{ModelSummary.Labels(metadata)}, {ModelSummary.Bytes(report.OutputBytes)}."));
        _terminal.Output.WriteLine($"Preprocessing: {metadata.Preprocessing}.");
        foreach (string note in report.Notes)
        {
            _terminal.Output.WriteLine(note);
        }

        if (report.StateDictPath.Length > 0)
        {
            _terminal.Output.WriteLine($"State dict: {report.StateDictPath}.");
        }

        if (report.LeftOut.Count > 0)
        {
            _terminal.Output.WriteLine($"Left out, and never run, because it is no tensor: {ModelSummary.Names(report.LeftOut)}.");
        }

        if (report.Skipped.Count > 0)
        {
            _terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Left out on purpose: {report.Skipped.Count} tensors that only training needs, such as '{report.Skipped[0]}'."));
        }
    }
}
