using Google.Protobuf;

namespace MlNetMobileViT.Conversion;

/// <summary>Converts a checkpoint into one self-describing <c>.onnx</c> file.</summary>
/// <remarks>
/// The file takes pictures as float32 of the shape [N, 3, height, width] and gives, unless <see cref="ConversionOptions.Outputs"/>
/// says otherwise, logits and probabilities of [N, classes] and the pooled features of [N, channels]. It carries its labels and its
/// preprocessing, so that <see cref="MobileViTModel.Load(string, MobileViTModelOptions?)"/> needs nothing else.
/// </remarks>
public static class MobileViTConverter
{
    /// <summary>
    /// The revision of the graph. It is raised whenever the same weights and options would give other bytes, so that nobody who
    /// keeps converted files takes one of before.
    /// </summary>
    internal const int GraphRevision = 3;

    private const string LicenseNote =
        "The weights keep the license of the checkpoint that they come from; Apple's published weights come under the license "
        + "of CVNets (https://github.com/apple/ml-cvnets/blob/main/LICENSE).";

    /// <summary>
    /// Converts a checkpoint. The same checkpoint, options and JSON files beside the weights give the same bytes.
    /// </summary>
    /// <param name="checkpointPath">
    /// A PyTorch or safetensors file in the layout of CVNets, timm or Hugging Face; or a folder that holds
    /// <c>model.safetensors</c> or <c>pytorch_model.bin</c>, as Hugging Face and timm save models. Labels and preprocessing come
    /// from the JSON files that these programs write beside the weights, where they belong to them and the options do not say
    /// otherwise.
    /// </param>
    /// <param name="outputPath">The file to write. It appears whole or not at all; one that is there is replaced.</param>
    /// <param name="options">How to convert; null for the defaults.</param>
    /// <returns>
    /// What was read and written. Its <see cref="ConversionReport.Notes"/> say what was assumed, which somebody should read.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no checkpoint of this name.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder of the output does not exist.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file must not be read or written.</exception>
    /// <exception cref="InvalidDataException">
    /// The checkpoint is damaged, or is not a MobileViT that fits the options; or the JSON files beside it ask for what is not
    /// done here.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// An option is out of range, the labels are not as many as the classes, or the output is a folder or a device.
    /// </exception>
    /// <example>
    /// <code source="UnitTests/Conversion/Samples/FirstModelSamples.cs" region="Convert"><![CDATA[
    /// // A network of one's own: its input size and labels are not in its tensors.
    /// var options = new ConversionOptions
    /// {
    ///     Height = 128,
    ///     Width = 128,
    ///     Preset = PreprocessingPresets.Cvnets,
    ///     Labels = File.ReadAllLines(labelFile),
    ///     Outputs = [ModelOutputs.Probabilities, ModelOutputs.Features],
    /// };
    /// ConversionReport report = MobileViTConverter.Convert(checkpoint, modelFile, options);
    /// foreach (string note in report.Notes)
    /// {
    ///     Console.WriteLine(note);
    /// }
    /// ]]></code>
    /// </example>
    public static ConversionReport Convert(string checkpointPath, string outputPath, ConversionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpointPath);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        options ??= new ConversionOptions();
        options.Validate();
        AtomicFile.RequireWritable(outputPath);
        string checkpointFile = CheckpointFolder.Resolve(checkpointPath);
        foreach (string input in AccompanyingConfig.FilesBeside(checkpointFile).Prepend(checkpointFile))
        {
            if (RealPath.AreSame(outputPath, input))
            {
                throw new ArgumentException(
                    $"The output '{outputPath}' is {(input == checkpointFile ? "the checkpoint itself" : "a file that is read beside the checkpoint")}; "
                    + "name another file.");
            }
        }

        AccompanyingConfig config = AccompanyingConfig.Read(checkpointFile, isRequired: checkpointFile != checkpointPath);
        Checkpoint checkpoint = Checkpoint.Open(checkpointFile, options.StateDictKey);
        MobileViTArchitecture? asked = options.ReadArchitecture();
        ModelWeights weights = ModelWeights.Read(checkpoint, asked);
        var (labels, preprocessing) = config.Apply(
            weights, takeLabels: options.Labels is null, takePreprocessing: options.Preset is null, options.Height, options.Width);
        bool isPreset = preprocessing is null;
        preprocessing ??= PreprocessingPresets.Get(
            options.Preset ?? weights.Architecture.Family.PresetOf(weights.Layout, options.Height, options.Width),
            options.Height,
            options.Width);
        int? heads = options.Heads ?? (asked is null ? config.Heads : null);
        MobileViTArchitecture architecture = heads is { } told ? weights.Architecture.WithHeads(told) : weights.Architecture;
        RequireHeads(architecture, options.Heads, checkpoint);
        labels ??= options.Labels ?? (architecture.Classes == ImageNet1k.ClassCount ? ImageNet1k.Labels : []);
        RequireLabels(labels, architecture.Classes, checkpoint.FilePath);

        LayerNormKind layerNorm = options.LayerNorm
            ?? (weights.Layout == CheckpointLayout.Cvnets ? LayerNormKind.Cvnets : LayerNormKind.Channels);
        var style = new GraphStyle(
            preprocessing.Height, preprocessing.Width, options.Batch, options.DynamicSize, layerNorm == LayerNormKind.Cvnets);
        NetworkGraph network;
        try
        {
            network = MobileViTNetwork.Write(architecture, weights.Tensors, style, options.Outputs);
            foreach (IGraphPass pass in Passes(options, labels))
            {
                pass.Apply(network.Onnx);
            }
        }
        catch (OverflowException exception)
        {
            throw checkpoint.Error($"cannot be converted: {exception.Message}");
        }

        var metadata = new ModelMetadata
        {
            Variant = MobileViTVariants.NameOf(architecture),
            Architecture = architecture.ToJson(),
            Labels = labels,
            Preprocessing = preprocessing,
            Parameters = architecture.ParameterCount,
            Macs = network.Macs,
            SourceFile = checkpoint.FileName,
            SourceSha256 = checkpoint.Sha256,
            SourceLayout = weights.Layout.GetName(),
            License = options.License ?? LicenseNote,
            WeightsSha256 = OnnxModel.WeightsSha256(network.Onnx.Proto),
        };
        WriteWhole(OnnxModel.Stamp(network.Onnx, metadata), outputPath);
        string?[] notes =
        [
            .. config.Notes,
            weights.Assumptions(heads),
            isPreset ? AssumedPreprocessingNote.Of(architecture, weights.Layout, options) : null,
            PatchNormNote.Of(network.PatchNorms, style),
            HuggingFaceNote.Of(architecture, weights.Layout, preprocessing, style),
        ];
        return new ConversionReport
        {
            OutputPath = outputPath,
            OutputBytes = new FileInfo(RealPath.BehindLink(outputPath)).Length,
            Metadata = metadata,
            StateDictPath = checkpoint.StateDictPath,
            Skipped = weights.Skipped,
            LeftOut = checkpoint.LeftOut,
            Notes = [.. notes.OfType<string>()],
        };
    }

    /// <summary>What is done to the plain graph, in this order.</summary>
    internal static IEnumerable<IGraphPass> Passes(ConversionOptions options, IReadOnlyList<string> labels)
    {
        if (!options.Portable)
        {
            yield return new FusedAttention();
        }

        yield return new JoinedConvolutions();
        if (options.Precision == WeightPrecision.Float16)
        {
            yield return new Float16Weights();
        }

        yield return new UnusedNodes();
        yield return new SlotNames(labels);
    }

    private static void RequireHeads(MobileViTArchitecture architecture, int? asked, Checkpoint checkpoint)
    {
        if (asked is not null && !architecture.Transformers.Any())
        {
            throw new ArgumentException(
                $"{asked} attention heads are asked for, and the network in '{checkpoint.FilePath}' ({architecture.Family.Name}) has attention "
                + "without heads; leave --heads (ConversionOptions.Heads) out.");
        }

        if (architecture.Transformers.FirstOrDefault(static transformer => transformer.Dimension % transformer.Heads != 0) is { } undivided)
        {
            throw checkpoint.Error(
                $"has a transformer of dimension {undivided.Dimension}, which {undivided.Heads} attention heads do not divide; tensors do not "
                + "show the number of heads, so say how many it was trained with (--heads, or ConversionOptions.Heads)");
        }
    }

    private static void RequireLabels(IReadOnlyList<string> labels, int classes, string checkpointPath)
    {
        if (labels.Count != 0 && labels.Count != classes)
        {
            throw new ArgumentException(
                $"There are {labels.Count} labels, and the model in '{checkpointPath}' has {classes} classes; "
                + "give one label for each class, in the order of the classes.");
        }

        if (labels.CountBy(static label => label).FirstOrDefault(static pair => pair.Value > 1).Key is { } repeated)
        {
            throw new ArgumentException($"The label '{repeated}' stands twice; labels must differ from each other.");
        }
    }

    private static void WriteWhole(ModelProto model, string outputPath)
    {
        try
        {
            AtomicFile.WriteAsync(outputPath, stream =>
            {
                model.WriteTo(stream);
                return Task.CompletedTask;
            }).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.WithMessage(exception, $"The output '{outputPath}' cannot be written: {exception.Message}");
        }
    }
}
