using System.CommandLine;
using System.Globalization;
using System.Numerics.Tensors;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>similar IMAGE FOLDER</c>: the nearest pictures by the cosine of their features.</summary>
internal sealed class SimilarCommand : ToolCommand
{
    public SimilarCommand(Terminal terminal)
        : base(
            "similar",
            "Find the images most like one, by the cosine of their features.",
            "similar photos/cat.jpg photos --recursive --model xxs --report similar.html")
    {
        var image = new Argument<string>("IMAGE") { Description = "The image to compare with." };
        Add(image);
        var inputOptions = new InputOptions(this);
        var modelOptions = new ModelOptions(this);
        var featureOptions = new FeatureOptions(this);
        var scoringOptions = new ScoringOptions(this);
        var top = new Option<int>("--top", "-k")
        {
            Description = "How many images to show.",
            HelpName = "K",
            DefaultValueFactory = _ => 10,
        };
        var report = new Option<string?>("--report")
        {
            Description = "Write a sheet with the images: one .html file that needs no network.",
            HelpName = "FILE.html",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write the images to a file: .csv, .jsonl or .parquet. Columns: query, error, rank, path, similarity.",
            HelpName = "FILE",
        };
        Add(top);
        Add(output);
        var csvOptions = new CsvOptions(this);
        Add(report);
        SetAction(async (parsed, cancellationToken) =>
        {
            string query = parsed.GetRequiredValue(image);
            int count = parsed.GetValue(top);
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            if (count < 1)
            {
                throw new CommandException($"--top {count}: show at least one image.");
            }

            if (!File.Exists(query))
            {
                throw new CommandException($"There is no image '{query}'. Check the path.");
            }

            string? table = parsed.GetValue(output);
            CsvStyle csv = csvOptions.Read(parsed, table);
            ResultFormat? format = table is null ? null : ResultFormat.Of(table, ResultKind.Neighbors, csv);
            OutputPaths written = OutputPaths.Require([table, parsed.GetValue(report)], parsed.GetValue(report), [query, modelOptions.NameOf(parsed)]);
            ImageInputs inputs = inputOptions.Read(parsed, terminal);
            using MobileViTModel model = await modelOptions
                .LoadAsync(parsed, scoringOptions.ReadModel(parsed), terminal, cancellationToken).ConfigureAwait(false);
            ModelOutput layer = featureOptions.LayerOf(parsed, model);
            string self = RealPath.Of(query);
            ImageInput[] others = [.. inputs.Enumerate().Where(input => input.Error is not null || RealPath.Of(input.Path) != self)];
            foreach (ImageInput other in others.Where(other => other.Error is null))
            {
                written.RequireOther(other.Path);
            }

            if (others.Length == 0)
            {
                throw new CommandException(
                    $"There is no other image in {inputs.Description} to compare with. Subfolders are searched with --recursive.");
            }

            IReadOnlyList<ResultRow> rows = new FeatureTable(
                terminal, model, scoring, layer.Name, modelOptions.FeatureCacheOf(parsed), FeatureOptions.SettingsOf(parsed, model, layer, scoringOptions))
                .Compute([new ImageInput(0, query, query, null), .. others], cancellationToken);
            if (rows[0].Error is { } reason)
            {
                throw new CommandException(reason);
            }

            ResultRow[] failures = [.. rows.Skip(1).Where(row => row.Error is not null)];
            (ResultRow Row, float Cosine)[] nearest =
            [
                .. rows.Skip(1).Where(row => row.Error is null)
                    .Select(row => (Row: row, Cosine: TensorPrimitives.CosineSimilarity<float>(rows[0].Numbers, row.Numbers)))
                    .OrderByDescending(pair => pair.Cosine).Take(count),
            ];
            var lines = new TextTable("Image", "Cosine");
            foreach (var (row, cosine) in nearest)
            {
                lines.Add(row.Path, cosine.ToString("0.0000", CultureInfo.InvariantCulture));
            }

            if (nearest.Length > 0)
            {
                lines.Write(terminal);
            }

            foreach (ResultRow failure in failures)
            {
                terminal.Note($"left out: {TextCell.Printable(failure.Error!)}");
            }

            if (table is not null)
            {
                ResultRow[] found = [.. nearest.Select((near, i) => new ResultRow(i, query, null, [near.Row.Path], [near.Cosine, i + 1]))];
                await AtomicFile.WriteAsync(
                    table, stream => format!.WriteAsync(stream, ResultSchema.OfNeighbors, found, cancellationToken)).ConfigureAwait(false);
                terminal.WriteLine($"written: {TextCell.Printable(table)}");
            }

            if (parsed.GetValue(report) is { } page)
            {
                await SimilarReport.WriteAsync(page, query, ModelSource.Describe(model), nearest).ConfigureAwait(false);
                terminal.WriteLine($"written: {TextCell.Printable(page)}");
            }

            return failures.Length == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
        });
    }
}
