using System.CommandLine;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>merge SHARD…</c>: joins the outputs of all shards of a run.</summary>
internal sealed class MergeCommand : ToolCommand
{
    public MergeCommand(Terminal terminal)
        : base(
            "merge",
            "Join the outputs of all shards of a run. It proves that every input is there exactly once.",
            "classify photos --recursive --shard 1/2 --output part1.csv",
            "merge part1.csv part2.csv --output all.csv")
    {
        var shards = new Argument<string[]>("SHARD")
        {
            Description = "The outputs of all runs with --shard, in any order, each with its .run.json beside it.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write; its rows are in the order of a run without shards.",
            HelpName = "FILE",
            Required = true,
        };
        Add(shards);
        Add(output);
        var csvOptions = new CsvOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(output);
            string[] inputs = parsed.GetRequiredValue(shards);
            CsvStyle csv = csvOptions.Read(parsed, path);
            OutputPaths.RequireOfMerge(path, [.. inputs, .. inputs.Select(RunManifest.PathFor)]);
            ShardMerge merge = await ShardMerge.OpenAsync(inputs, cancellationToken).ConfigureAwait(false);
            ResultFormat format = ResultFormat.Of(path, merge.Schema.Kind, csv);
            long failed = 0;
            await ResultFormat.WriteBesideAsync(path, merge.Rows(), cancellationToken).ConfigureAwait(false);
            await AtomicFile.WriteAsync(
                path,
                stream => format.WriteAsync(
                    stream,
                    merge.Schema,
                    merge.Rows().Select(row =>
                    {
                        failed += row.Error is null ? 0 : 1;
                        return row;
                    }),
                    cancellationToken)).ConfigureAwait(false);
            terminal.WriteLine(Invariant(
                $"{merge.Inputs:N0} inputs from {inputs.Length} shards, each exactly once{(failed == 0 ? "" : $"; {failed:N0} failed")}"));
            terminal.WriteLine($"written: {TextCell.Printable(path)}");
            return failed == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
        });
    }
}
