using System.CommandLine;
using System.Globalization;
using MlNetMobileViT.Conversion;
using Spectre.Console;

namespace MlNetMobileViT.Tool;

/// <summary><c>inspect FILE</c>: what a checkpoint or a converted model is.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private readonly WeightsSource _source;

    private readonly Option<bool> _tensors = new("--tensors") { Description = "List every tensor." };

    private readonly Terminal _terminal;

    public InspectCommand(Terminal terminal)
        : base(
            "inspect",
            "Show what a checkpoint or a converted ONNX file holds.",
            "inspect flowers.pt --tensors")
    {
        _terminal = terminal;
        _source = new WeightsSource(this, "FILE", "A converted ONNX file, a checkpoint file or a folder of Hugging Face or timm");
        Add(_tensors);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = await _source.GetPathAsync(parsed, _terminal, cancellationToken);
        bool allTensors = parsed.GetValue(_tensors);
        if (File.Exists(path) && OnnxModelFile.LooksLikeOnnx(path))
        {
            Inspect(OnnxModelFile.Read(path), allTensors);
        }
        else
        {
            Inspect(Checkpoint.Open(path, _source.GetStateDictKey(parsed)), allTensors);
        }

        return ExitCodes.Success;
    }

    private void Inspect(Checkpoint checkpoint, bool allTensors)
    {
        var facts = new FactTable();
        facts.Add("file", $"{checkpoint.FileName}, {ModelSummary.Bytes(new FileInfo(checkpoint.FilePath).Length)}");
        facts.Add("format", checkpoint.Container switch
        {
            CheckpointContainer.PyTorchZip => "PyTorch (zip)",
            CheckpointContainer.PyTorchLegacy => "PyTorch (before 1.6)",
            _ => "safetensors",
        });
        facts.Add("SHA-256", checkpoint.Sha256);
        if (checkpoint.StateDictPath.Length > 0)
        {
            facts.Add("state dict", checkpoint.StateDictPath);
        }

        if (checkpoint.OtherStateDicts.Count > 0)
        {
            facts.Add("others", $"{string.Join(", ", checkpoint.OtherStateDicts)} (choose with --state-dict)");
        }

        if (checkpoint.LeftOut.Count > 0)
        {
            facts.Add("objects", $"{ModelSummary.Names(checkpoint.LeftOut)} (left out, never run)");
        }

        if (checkpoint.RemovedPrefix.Length > 0)
        {
            facts.Add("prefix", $"{checkpoint.RemovedPrefix} (taken off every name)");
        }

        facts.Add("tensors", ModelSummary.Number(checkpoint.Tensors.Count));
        _terminal.Write(facts.Table);

        // A file that is no MobileViT is still shown; the error comes after what can be said.
        WriteTensors(
            checkpoint.Tensors.Select(tensor => new TensorRow(
                tensor.Name, tensor.DataType.GetName(), [.. tensor.Shape.Select(side => (long)side)])),
            allTensors);
        WriteModel(checkpoint);
    }

    private void WriteModel(Checkpoint checkpoint)
    {
        var weights = ModelWeights.Read(checkpoint);
        AccompanyingConfig config = AccompanyingConfig.Read(checkpoint.FilePath, isRequired: false);
        var architecture = config.Heads is { } heads ? weights.Architecture.WithHeads(heads) : weights.Architecture;
        var facts = new FactTable();
        facts.Add("variant", $"{ModelMetadata.NameOf(MobileViTVariants.NameOf(architecture))}");
        facts.Add("layout", weights.Layout.GetName());
        facts.Add("classes", ModelSummary.Number(architecture.Classes));
        facts.Add("parameters", ModelSummary.Number(architecture.ParameterCount));
        const int Side = PreprocessingPresets.DefaultSide;
        facts.Add("MACs", $"{ModelSummary.Number(MobileViTNetwork.CountMacs(weights.Architecture, Side, Side))} ({Side}×{Side})");
        var (labels, preprocessing) = config.Apply(weights);
        preprocessing ??= PreprocessingPresets.Get(weights.Architecture.Family.PresetOf(weights.Layout));
        facts.Add("preprocessing", preprocessing.ToString());
        foreach (string note in config.Notes)
        {
            facts.Add("beside", note);
        }

        if (labels is [var first, .., var last])
        {
            facts.Add("labels", $"{ModelSummary.Number(labels.Count)} ({first} … {last})");
        }

        facts.Add("left out", weights.Skipped.Count == 0
            ? "nothing"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{weights.Skipped.Count} tensors that only training needs, such as {weights.Skipped[0]}"));
        facts.Add("architecture", architecture.ToJson());
        if (weights.Assumptions(config.Heads) is { } assumptions)
        {
            facts.Add("assumed", assumptions);
        }

        _terminal.Write(facts.Table);
    }

    private void Inspect(OnnxModelFile file, bool allTensors)
    {
        var metadata = file.Metadata;
        var model = file.Model;
        var facts = new FactTable();
        facts.Add("file", $"{Path.GetFileName(file.FilePath)}, {ModelSummary.Bytes(file.Bytes.LongLength)}");
        facts.Add("format", string.Create(
            CultureInfo.InvariantCulture,
            $"ONNX, IR {model.IrVersion}, opset {string.Join(", ", model.OpsetImport.Select(opset => opset.Domain.Length == 0
                ? $"{opset.Version}"
                : $"{opset.Domain} {opset.Version}"))}, {model.ProducerName} {model.ProducerVersion}"));
        facts.Add("variant", $"{metadata.ModelName}");
        facts.Add("parameters", ModelSummary.Number(metadata.Parameters));
        facts.Add("MACs", string.Create(
            CultureInfo.InvariantCulture, $"{metadata.Macs:N0} ({metadata.Preprocessing.Height}×{metadata.Preprocessing.Width})"));
        facts.Add("input", string.Join("; ", model.Graph.Input.Select(Describe)));
        facts.Add("outputs", string.Join("; ", model.Graph.Output.Select(Describe)));
        facts.Add("preprocessing", metadata.Preprocessing.ToString());
        facts.Add("labels", ModelSummary.Labels(metadata));
        facts.Add("source", $"{metadata.SourceFile} ({metadata.SourceLayout} layout), SHA-256 {metadata.SourceSha256}");
        facts.Add("weights", $"SHA-256 {metadata.WeightsSha256}");
        facts.Add("license", metadata.License);
        if (metadata.Quantization is { } quantization)
        {
            Add(facts, quantization);
        }

        facts.Add("nodes", string.Join(", ", model.Graph.Node.CountBy(node => node.OpType)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} {pair.Key}"))));
        facts.Add("architecture", metadata.Architecture);
        _terminal.Write(facts.Table);
        if (allTensors)
        {
            WriteTensors(
                model.Graph.Initializer.Select(tensor => new TensorRow(
                    tensor.Name, ((TensorProto.Types.DataType)tensor.DataType).ToString().ToLowerInvariant(), [.. tensor.Dims])),
                allTensors);
        }
    }

    private static void Add(FactTable facts, ModelQuantization quantization)
    {
        facts.Add(
            "8 bits",
            $"{quantization.Level}; kept float: {ComparisonText.Layers(quantization.FloatLayers)}"
            + (quantization.ReduceRange ? "; weights within 7 bits" : ""));
        facts.Add("calibration", quantization.CalibrationSha256 is { } digest
            ? $"{ModelSummary.Number(quantization.CalibrationImages)} images, SHA-256 {digest}"
            : "without images");
        if (quantization is { SameLabel: { } same, MeanDifference: { } difference })
        {
            facts.Add(
                "compared",
                $"{ModelSummary.Number(quantization.ComparedImages)} held-out images: {ComparisonText.Percent(same)} the same label, mean "
                + $"|Δ probability| {ComparisonText.Difference(difference)}");
        }

        facts.Add("float weights", $"SHA-256 {quantization.FloatWeightsSha256}");
    }

    private void WriteTensors(IEnumerable<TensorRow> tensors, bool all)
    {
        var table = new Table().Border(TableBorder.None);
        if (all)
        {
            table.AddColumn("tensor").AddColumn("type").AddColumn("shape");
            foreach (var tensor in tensors)
            {
                table.AddRow(new Text(tensor.Name), new Text(tensor.Type), new Text($"[{string.Join(", ", tensor.Shape)}]"));
            }
        }
        else
        {
            table.AddColumn("module").AddColumn(new TableColumn("tensors").RightAligned())
                .AddColumn(new TableColumn("values").RightAligned());
            foreach (var module in tensors.GroupBy(tensor => tensor.Name.Split('.')[0]))
            {
                table.AddRow(
                    new Text(module.Key),
                    new Text(ModelSummary.Number(module.Count())),
                    new Text(ModelSummary.Number(module.Sum(tensor => tensor.Shape.Aggregate(1L, (product, side) => product * side)))));
            }
        }

        _terminal.Write(table);
    }

    private static string Describe(ValueInfoProto value)
    {
        var dimensions = value.Type?.TensorType?.Shape?.Dim.Select(dimension => dimension.DimParam.Length > 0
            ? dimension.DimParam
            : dimension.DimValue.ToString(CultureInfo.InvariantCulture));
        return $"{value.Name} [{string.Join(", ", dimensions ?? [])}]";
    }

    private sealed record TensorRow(string Name, string Type, long[] Shape);

    /// <summary>A table of names and values, without lines.</summary>
    private sealed class FactTable
    {
        public Table Table { get; } = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn("");

        public void Add(string name, string value) => Table.AddRow(new Text(name), new Text(value));
    }
}
