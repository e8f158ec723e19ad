using System.CommandLine;
using System.Security.Cryptography;

namespace MlNetMobileViT.Tool;

/// <summary><c>predict MODEL.zip PATH…</c>: the classes of a model that <c>train</c> wrote.</summary>
internal sealed class PredictCommand : ToolCommand
{
    public PredictCommand(Terminal terminal)
        : base(
            "predict",
            "Classify images with a model that 'train' wrote. Or with any saved pipeline of ML.NET that takes paths of images.",
            "predict flowers.zip photos --recursive --output flowers.csv")
    {
        var model = new Argument<string>("MODEL.zip") { Description = "The model." };
        Add(model);
        var inputOptions = new InputOptions(this);
        var options = new ClassOptions(this);
        var pathColumn = new Option<string?>("--path-column")
        {
            Description = "The column of the pipeline's input that takes the paths. Default: Path, or the only one of text.",
            HelpName = "NAME",
        };
        Add(pathColumn);
        var scoringOptions = new ScoringOptions(this);
        var runOptions = new RunOptions(this);
        var truthOptions = new TruthOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(model);
            ImageInputs inputs = inputOptions.Read(parsed, terminal);
            var (resume, shard) = runOptions.Read(parsed, options.OutputOf(parsed), options.ReportOf(parsed));
            CsvStyle csv = options.CsvOf(parsed);
            int top = options.TopOf(parsed);
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            using var trained = TrainedModel.Load(
                path,
                parsed.GetValue(pathColumn),
                scoringOptions.ReadModel(parsed),
                new MobileViTPipelineOptions { Threads = scoring.Threads, BatchSize = scoring.BatchSize, MaxPixels = scoring.MaxPixels });
            top = Math.Min(top, trained.Labels.Count);
            TruthCount? truth = truthOptions.Read(parsed, inputs, trained.Labels);
            int exitCode = await new ScoringRun
            {
                Terminal = terminal,
                Inputs = inputs,
                Shard = shard,
                Output = options.OutputOf(parsed),
                Csv = csv,
                Report = options.ReportOf(parsed),
                Reads = [path],
                Resume = resume,
                Schema = options.SchemaOf(parsed, top),
                Settings =
                [
                    new("model", Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)))),
                    .. options.SettingsOf(parsed, top),
                    .. scoringOptions.SettingsOf(parsed),
                ],
                Score = images => trained.Classify(images, top),
                Show = options.Lines(parsed, terminal, inputs, trained.Labels, top, truth),
                WriteReport = (file, rows) => ClassificationReport.WriteAsync(
                    file,
                    $"Classes of {inputs.Description}",
                    $"{Path.GetFileName(path)}: {trained.Labels.Count} classes",
                    OriginOf(parsed, path),
                    rows,
                    truth is null ? null : truth.Of),
            }.RunAsync(cancellationToken).ConfigureAwait(false);
            truth?.Write(terminal);
            return exitCode;
        });
    }
}
