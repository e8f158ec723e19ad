namespace MlNetMobileViT.Tool;

/// <summary><c>classify PATH…</c>: the most likely classes of every picture.</summary>
internal sealed class ClassifyCommand : ToolCommand
{
    public ClassifyCommand(Terminal terminal)
        : base(
            "classify",
            "Name what is in images. Without arguments: the embedded demo model on its samples.",
            "classify photos --recursive --model xxs",
            "classify photos --model model.onnx --output labels.csv --report labels.html",
            "classify photos --recursive --truth folders --activations --report labels.html")
    {
        var inputOptions = new InputOptions(this, required: false);
        var modelOptions = new ModelOptions(this);
        var options = new ClassOptions(this);
        var scoringOptions = new ScoringOptions(this);
        var runOptions = new RunOptions(this);
        var truthOptions = new TruthOptions(this);
        var activationOptions = new ActivationOptions(this, modelOptions);
        SetAction(async (parsed, cancellationToken) =>
        {
            int top = options.TopOf(parsed);
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            ImageInputs inputs = inputOptions.Read(parsed, terminal, ModelSource.DemoSamples);
            var (resume, shard) = runOptions.Read(parsed, options.OutputOf(parsed), options.ReportOf(parsed));
            CsvStyle csv = options.CsvOf(parsed);
            activationOptions.Check(parsed, options.ReportOf(parsed));
            using MobileViTModel model = await activationOptions
                .LoadAsync(parsed, scoringOptions.ReadModel(parsed), terminal, cancellationToken).ConfigureAwait(false);
            ModelSource.RequireClasses(model);
            top = Math.Min(top, model.Labels.Count);
            TruthCount? truth = truthOptions.Read(parsed, inputs, model.Labels);
            int exitCode = await new ScoringRun
            {
                Terminal = terminal,
                Inputs = inputs,
                Shard = shard,
                Output = options.OutputOf(parsed),
                Csv = csv,
                Report = options.ReportOf(parsed),
                Reads = [modelOptions.NameOf(parsed)],
                Resume = resume,
                Schema = options.SchemaOf(parsed, top),
                Settings =
                [
                    ModelOptions.SettingOf(model),
                    .. options.SettingsOf(parsed, top),
                    .. scoringOptions.SettingsOf(parsed),
                ],
                Score = images => new ImageScorer(model, scoring).Classify(images, top),
                Show = options.Lines(parsed, terminal, inputs, model.Labels, top, truth),
                WriteReport = (path, rows) => ClassificationReport.WriteAsync(
                    path,
                    $"Classes of {inputs.Description}",
                    ModelSource.Describe(model),
                    OriginOf(parsed, modelOptions.NameOf(parsed)),
                    rows,
                    truth is null ? null : truth.Of,
                    activationOptions.Explain(parsed, terminal, model, cancellationToken)),
            }.RunAsync(cancellationToken).ConfigureAwait(false);
            truth?.Write(terminal);
            return exitCode;
        });
    }
}
