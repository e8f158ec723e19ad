using System.CommandLine;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>quantize MODEL -o int8.onnx --calibrate FOLDER</c>: most of a model in 8 bits.</summary>
internal sealed class QuantizeCommand : ToolCommand
{
    private const string Auto = "auto";

    private static readonly string[] Levels = [Auto, .. Enum.GetValues<QuantizationLevel>().Select(ComparisonText.Name)];

    private readonly Argument<string> _model = new("MODEL") { Description = $"The model: {ModelSource.Names}." };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The ONNX file to write. One that is there is replaced.",
        HelpName = "FILE.onnx",
        Required = true,
    };

    private readonly Option<string[]> _calibrate = new("--calibrate")
    {
        Description = "A folder of images of the kind that the model will see, with its subfolders; may be given more than once. "
            + "Half of the images show the ranges, the others what is lost. Where subfolders are named after classes of the model, "
            + Invariant($"top-1 counts too. Of more than {CalibrationFolders.MaxImages:N0} images every n-th is used."),
        HelpName = "FOLDER",
    };

    private readonly ValueOption<string?> _level = new(
        "--level", "LEVEL",
        $"What is computed in 8 bits: {string.Join(", ", Levels)}. Default: {Auto}, the fastest that keeps --keep of the labels. "
            + "'linear' needs no images.");

    private readonly KeepOption _keep;

    private readonly Option<bool> _reduceRange = new("--reduce-range")
    {
        Description = "Keep weights within 7 bits, for x64 processors without VNNI, on which sums may saturate.",
    };

    private readonly ValueOption<string?> _report = new(
        "--report", "FILE.html", "Write a page with the levels that were tried, the layers and the images that differ most.");

    private readonly ReadingOptions _reading;
    private readonly WeightsOptions _weights;
    private readonly Terminal _terminal;

    public QuantizeCommand(Terminal terminal)
        : base(
            "quantize",
            "Compute most of a model in 8 bits. It gets smaller and faster, and what that costs is measured on your images.",
            "quantize mobilevit_s.onnx --calibrate photos --output int8.onnx --report int8.html",
            "quantize xxs --calibrate photos --keep 99.5% --output int8.onnx",
            "quantize mobilevit_s.onnx --level linear --output int8.onnx")
    {
        _terminal = terminal;
        Add(_model);
        Add(_output);
        Add(_calibrate);
        Add(_level);
        _keep = new KeepOption(this, $"The share of held-out images whose first label must stay, with --level {Auto}.");
        Add(_reduceRange);
        _reading = new ReadingOptions(this);
        Add(_report);
        _weights = new WeightsOptions(this, "downloaded weights and converted models");
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        // Everything that can be wrong is said before anything is downloaded.
        string name = parsed.GetRequiredValue(_model);
        string output = parsed.GetRequiredValue(_output);
        string? report = parsed.GetValue(_report);
        string[] folders = parsed.GetValue(_calibrate) ?? [];
        QuantizationOptions options = ReadOptions(parsed, folders.Length > 0);
        OutputPaths paths = RequireOutputs(output, report, name);
        CalibrationFolders? found = folders.Length == 0
            ? null
            : new CalibrationFolders(folders, QuantizationOptions.MinImages, _terminal.Note);
        foreach (string path in found?.Paths ?? [])
        {
            paths.RequireOther(path);
        }

        OnnxModelFile model = await ModelSource.OpenAsync(
            name, _weights.Read(parsed) with { Notify = _terminal.Note }, OnnxModelFile.Read, _terminal, cancellationToken)
            .ConfigureAwait(false);
        var images = found?.Of(model.Metadata.Labels, line => _terminal.WriteLine(line)) ?? [];
        QuantizationReport done = await StepProgress.RunAsync(
            _terminal,
            progress => MobileViTQuantizer.QuantizeAsync(model.FilePath, output, images, options, progress, cancellationToken))
            .ConfigureAwait(false);
        done = done with { Unreadable = [.. found?.Unlisted ?? [], .. done.Unreadable] };
        ComparisonTables.Write(_terminal, done);
        _terminal.WriteLine();
        foreach (string note in done.Notes)
        {
            _terminal.Note(TextCell.Printable(note));
        }

        _terminal.WriteLine(
            $"written: {TextCell.Printable(output)}: {ComparisonText.Name(done.Attempts[^1].Level)}, {ModelSummary.Bytes(done.OutputBytes)} "
            + $"instead of {ModelSummary.Bytes(done.FloatBytes)}");
        if (report is not null)
        {
            await ComparisonReport.WriteAsync(
                report, $"{name}: {model.Metadata.ModelName} from {model.Metadata.SourceFile}", OriginOf(parsed, name), done)
                .ConfigureAwait(false);
            _terminal.WriteLine($"written: {TextCell.Printable(report)}");
        }

        return UnreadableImages.Write(_terminal, done.Unreadable);
    }

    private QuantizationOptions ReadOptions(ParseResult parsed, bool hasImages)
    {
        string level = parsed.GetValue(_level) ?? Auto;
        if (!Levels.Contains(level))
        {
            throw new CommandException($"--level takes {string.Join(", ", Levels)}, not '{level}'{NearNames.EndOfSentence(level, Levels)}");
        }

        QuantizationLevel? fixedLevel = level == Auto ? null : Enum.Parse<QuantizationLevel>(level, ignoreCase: true);
        if (!hasImages && fixedLevel is not QuantizationLevel.Linear)
        {
            throw new CommandException("Add --calibrate FOLDER, with images that show the ranges; --level linear alone needs none.");
        }

        double keep = _keep.Read(parsed);
        if (fixedLevel is not null && _keep.IsGiven(parsed))
        {
            throw new CommandException($"--keep decides which level --level {Auto} takes; with --level {level} leave it out.");
        }

        var (threads, maxPixels) = _reading.Read(parsed);
        return new QuantizationOptions
        {
            Level = fixedLevel,
            Keep = keep,
            ReduceRange = parsed.GetValue(_reduceRange),
            Threads = threads,
            MaxPixels = maxPixels,
        };
    }

    private static OutputPaths RequireOutputs(string output, string? report, string model)
    {
        OutputPaths.RequireExtension(output, "--output", ".onnx");
        OutputPaths paths = OutputPaths.Require(output, report, model);
        return report is null || !RealPath.AreSame(output, report)
            ? paths
            : throw new CommandException($"--output '{output}' and --report '{report}' are the same file; name two.");
    }
}
