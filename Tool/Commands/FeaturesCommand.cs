using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary><c>features PATH…</c>: a vector for every picture.</summary>
internal sealed class FeaturesCommand : ToolCommand
{
    public FeaturesCommand(Terminal terminal)
        : base(
            "features",
            "Write a feature vector for every image. Columns: path, error, f0, f1, …; JSON Lines has one list.",
            "features photos --recursive --model xxs --output features.parquet")
    {
        var inputOptions = new InputOptions(this);
        var modelOptions = new ModelOptions(this);
        var featureOptions = new FeatureOptions(this);
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write: .csv, .jsonl, .parquet, .npy (NumPy: one float32 array, with the paths of its rows in "
                + "FILE.paths.csv beside it), or .idv (ML.NET's binary format).",
            HelpName = "FILE",
            Required = true,
        };
        Add(output);
        var csvOptions = new CsvOptions(this);
        var scoringOptions = new ScoringOptions(this);
        var runOptions = new RunOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(output);
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            ImageInputs inputs = inputOptions.Read(parsed, terminal);
            var (resume, shard) = runOptions.Read(parsed, path, null);
            CsvStyle csv = csvOptions.Read(parsed, path);
            using MobileViTModel model = await modelOptions
                .LoadAsync(parsed, scoringOptions.ReadModel(parsed), terminal, cancellationToken).ConfigureAwait(false);
            ModelOutput layer = featureOptions.LayerOf(parsed, model);
            return await new ScoringRun
            {
                Terminal = terminal,
                Inputs = inputs,
                Shard = shard,
                Output = path,
                Csv = csv,
                Reads = [modelOptions.NameOf(parsed)],
                Resume = resume,
                Schema = new ResultSchema(ResultKind.Features, layer.Length),
                Settings = FeatureOptions.SettingsOf(parsed, model, layer, scoringOptions),
                Score = images => new ImageScorer(model, scoring).Featurize(images, layer.Name),
            }.RunAsync(cancellationToken).ConfigureAwait(false);
        });
    }
}
