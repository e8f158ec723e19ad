using System.CommandLine;
using System.Globalization;

namespace MlNetMobileViT.Conversion;

/// <summary><c>convert CHECKPOINT -o model.onnx</c>.</summary>
internal sealed class ConvertCommand
{
    private readonly WeightsSource _source = new("CHECKPOINT", "A checkpoint file, or a folder of Hugging Face or timm");

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The ONNX file to write. One that is there is replaced.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _labels = new("--labels")
    {
        Description = "Class labels: a UTF-8 text file, one a line, in the order of the classes. "
            + "Default: those of a config.json beside the weights; else those of ImageNet-1k for a model of 1000 classes.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _noLabels = new("--no-labels")
    {
        Description = "Write no labels: for 1000 classes that are not ImageNet's.",
    };

    private readonly Option<string?> _preset = new("--preset")
    {
        Description = $"The preprocessing to write into the file: {string.Join(", ", PreprocessingPresets.Names)}. "
            + "Default: that of a preprocessor_config.json or config.json beside the weights; else that of the checkpoint's layout.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _inputSize = new("--input-size")
    {
        Description = "The size of the input in pixels, multiples of 32: one number, or HxW such as 192x320. Default: "
            + $"that of the preprocessing beside the weights; else {PreprocessingPresets.DefaultSide}.",
        HelpName = "SIZE",
    };

    private readonly Option<string?> _variant = new("--variant")
    {
        Description = $"Accept only this variant: {string.Join(", ", MobileViTVariants.Names)}. Default: any.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _outputs = new("--outputs")
    {
        Description = $"The outputs, by comma: {string.Join(",", ModelOutputs.Default)} (default), and the feature maps "
            + $"{string.Join(",", ModelOutputs.Stages)}.",
        HelpName = "NAMES",
    };

    private readonly Option<bool> _float16 = new("--float16") { Description = "Store the weights in 16 bits: half the file." };

    private readonly Option<int?> _batch = new("--batch")
    {
        Description = "Fix the batch size. Default: any.",
        HelpName = "N",
    };

    private readonly Option<bool> _dynamicSize = new("--dynamic-size")
    {
        Description = "Take inputs of any size that is a multiple of 32.",
    };

    private readonly Option<bool> _portable = new("--portable")
    {
        Description = "Use standard ONNX operators only, for runtimes other than ONNX Runtime.",
    };

    private readonly Option<string?> _architecture = new("--architecture")
    {
        Description = "Accept only this network: a JSON file in the form that 'inspect' prints. Default: what the tensors show.",
        HelpName = "FILE",
    };

    private readonly Option<int?> _heads = new("--heads")
    {
        Description = "The attention heads of a network of your own, which no tensor shows. Default: 4.",
        HelpName = "N",
    };

    private readonly Option<string?> _layerNorm = new("--layer-norm")
    {
        Description = "Where a block has as many patches as channels, layer norms normalise over the channels (channels) or, as CVNets "
            + "since version 0.2, over the patches (cvnets). Default: auto, which is cvnets for a checkpoint in its layout, and "
            + "channels for others and for official weights by name.",
        HelpName = "KIND",
    };

    private readonly CommandHost _host;

    private ConvertCommand(CommandHost host) => _host = host;

    public static Command Create(CommandHost host) => new ConvertCommand(host).ToCommand();

    private Command ToCommand()
    {
        var command = new Command("convert", "Convert a checkpoint into an ONNX file.");
        _source.AddTo(command);
        Option[] options =
        [
            _output, _labels, _noLabels, _preset, _inputSize, _variant, _outputs, _float16, _batch, _dynamicSize, _portable,
            _architecture, _heads, _layerNorm,
        ];
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        // Everything that can be wrong with the options is said before anything is downloaded.
        var options = ReadOptions(parsed);
        options.Validate();
        string output = parsed.GetRequiredValue(_output);
        AtomicFile.RequireWritable(output);
        RequireUnread(output, parsed.GetValue(_labels), parsed.GetValue(_architecture));
        string path = await _source.GetPathAsync(parsed, _host, cancellationToken);
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

    private static MobileViTArchitecture ReadArchitecture(string path)
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
            return MobileViTArchitecture.FromJson(File.ReadAllText(path));
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"The architecture file '{path}' cannot be used: {exception.Message}", exception);
        }
    }

    private void Write(ConversionReport report)
    {
        var metadata = report.Metadata;
        _host.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Wrote {report.OutputPath}: MobileViT-{metadata.Variant.ToUpperInvariant()}, {metadata.Parameters:N0} parameters, "
            + $"{ModelSummary.Labels(metadata)}, {ModelSummary.Bytes(report.OutputBytes)}."));
        _host.Output.WriteLine($"Preprocessing: {metadata.Preprocessing}.");
        foreach (string note in report.Notes)
        {
            _host.Output.WriteLine(note);
        }

        if (report.StateDictPath.Length > 0)
        {
            _host.Output.WriteLine($"State dict: {report.StateDictPath}.");
        }

        if (report.LeftOut.Count > 0)
        {
            _host.Output.WriteLine($"Left out, and never run, because it is no tensor: {ModelSummary.Names(report.LeftOut)}.");
        }

        if (report.Skipped.Count > 0)
        {
            _host.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Left out on purpose: {report.Skipped.Count} tensors that only training needs, such as '{report.Skipped[0]}'."));
        }
    }
}
