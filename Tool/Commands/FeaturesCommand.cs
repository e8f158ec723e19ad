using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary><c>features PATH…</c>: a vector for every picture.</summary>
internal static class FeaturesCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("features", "Write a feature vector for every image: path, error, f0, f1, ….");
        var inputOptions = new InputOptions(command);
        var modelOptions = new ModelOptions(command);
        var featureOptions = new FeatureOptions(command);
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write: .csv, .jsonl, .parquet, or .idv (ML.NET's binary format).",
            HelpName = "FILE",
            Required = true,
        };
        command.Add(output);
        var csvOptions = new CsvOptions(command);
        var scoringOptions = new ScoringOptions(command);
        var runOptions = new RunOptions(command);
        command.SetAction(async (parsed, cancellationToken) =>
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
        return command;
    }
}
