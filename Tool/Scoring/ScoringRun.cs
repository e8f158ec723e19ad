using System.Diagnostics;
using System.Runtime.ExceptionServices;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>
/// A run over many pictures that can be stopped, killed and resumed without scoring anything twice or losing a row, and whose
/// output appears when it is whole.
/// </summary>
internal sealed class ScoringRun
{
    private static readonly TimeSpan CountPatience = TimeSpan.FromSeconds(1);

    /// <summary>Where to print.</summary>
    public required Terminal Terminal { get; init; }

    /// <summary>The pictures.</summary>
    public required ImageInputs Inputs { get; init; }

    /// <summary>The part of the inputs that this run scores.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>The columns of the result.</summary>
    public required ResultSchema Schema { get; init; }

    /// <summary>What the rows depend on, by name: the model above all.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; }

    /// <summary>The result file, or null.</summary>
    public string? Output { get; init; }

    /// <summary>How <see cref="Output"/> is written where it is CSV.</summary>
    public CsvStyle Csv { get; init; } = CsvStyle.Plain;

    /// <summary>The report, or null.</summary>
    public string? Report { get; init; }

    /// <summary>The files that the run reads beside its inputs, and must not write over.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Whether to go on with a stopped run.</summary>
    public bool Resume { get; init; }

    /// <summary>Writes <see cref="Report"/> from the rows of the run.</summary>
    public Func<string, Func<IEnumerable<ResultRow>>, Task>? WriteReport { get; init; }

    /// <summary>Scores the inputs, in their order.</summary>
    public required Func<IEnumerable<ImageInput>, IEnumerable<ResultRow>> Score { get; init; }

    /// <summary>Shows a row as it comes.</summary>
    public Action<ResultRow> Show { get; init; } = static _ => { };

    /// <summary>What stopped runs are compared by; a finished one says its shard by itself.</summary>
    private IEnumerable<KeyValuePair<string, string>> AllSettings =>
        Settings.Append(new("shard", Shard.ToString()));

    /// <summary>Runs to the end, or until it is cancelled.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    /// <exception cref="CommandException">There are no inputs, or the output cannot be written.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        ResultFormat? format = Output is null ? null : ResultFormat.Of(Output, Schema.Kind, Csv);
        OutputPaths written = OutputPaths.RequireOfRun(Output, Report, Reads);
        if (Resume && Output is not null && File.Exists(Output) && !File.Exists(ResultJournal.PathFor(Output)))
        {
            if (File.Exists(RunManifest.PathFor(Output)))
            {
                return await ConfirmAsync(Output, format!, cancellationToken).ConfigureAwait(false);
            }

            Terminal.Note($"there is no '{Path.GetFileName(RunManifest.PathFor(Output))}' to say what '{Output}' was made of; it is made anew.");
        }

        var done = new ResumedRows();
        long failed = 0;
        string? target = Output ?? Report;
        using ResultJournal? journal = target is null ? null : OpenJournal(target, row =>
        {
            done.Add(row);
            failed += row.Error is null ? 0 : 1;
        });
        if (done.Count > 0)
        {
            Terminal.Note(Invariant($"resuming: {done.Count:N0} rows are there already."));
        }

        Task<long?> count = CountAsync(cancellationToken);
        await Task.WhenAny(count, Task.Delay(CountPatience, CancellationToken.None)).ConfigureAwait(false);
        var all = new InputTally();
        var own = new InputTally();
        var clock = Stopwatch.StartNew();
        long scored = 0;
        try
        {
            if (journal is not null && count.IsCompletedSuccessfully && count.Result is { } expected)
            {
                RequireSpace(target!, Math.Max(expected - done.Count, 0));
            }

            ScoringProgress.Run(Terminal, count, advance =>
            {
                foreach (ResultRow row in Score(Pending()))
                {
                    if (journal is not null)
                    {
                        Append(journal, row, done.Count + scored);
                    }

                    scored++;
                    failed += row.Error is null ? 0 : 1;
                    Show(row);
                    advance();
                    if (cancellationToken.IsCancellationRequested)
                    {
                        break;
                    }
                }
            },
            done.Count);
        }
        catch (Exception) when (scored == 0 && done.Count == 0 && journal is not null)
        {
            journal.Delete();
            throw;
        }

        clock.Stop();
        if (cancellationToken.IsCancellationRequested)
        {
            Stopped(target, done.Count + scored);
            if (done.Count + scored == 0)
            {
                journal?.Delete();
            }

            return ExitCodes.Stopped;
        }

        foreach (string note in Inputs.Notes)
        {
            Terminal.Note(note);
        }

        if (all.Count == 0)
        {
            journal?.Delete();
            throw new CommandException(Inputs.NothingFound);
        }

        if (done.Met < done.Count)
        {
            string kept = Invariant($"{done.Count - done.Met:N0} of the rows that were there already");
            Terminal.Note(done.Met > 0 && Shard == Shard.Whole
                ? $"{kept} are of images that are gone from the inputs; they stay in the output."
                : throw new CommandException(
                    $"{kept} are of other inputs than these. Resume with the inputs of the stopped run, or delete "
                    + $"'{ResultJournal.PathFor(target!)}' to start over."));
        }

        if (journal is not null)
        {
            try
            {
                await FinishAsync(journal, format, all, own, failed, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Stopped(target, journal.Count);
                return ExitCodes.Stopped;
            }
        }

        Summarize(done.Count + scored, failed, scored, clock.Elapsed);
        return failed == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;

        IEnumerable<ImageInput> Pending()
        {
            foreach (ImageInput input in Inputs.Enumerate())
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    yield break;
                }

                if (input.Error is null)
                {
                    written.RequireOther(input.Path);
                }

                all = all.Add(input);
                if (!Shard.Contains(input))
                {
                    continue;
                }

                own = own.Add(input);

                if (!done.TryTake(input.Path, out long index))
                {
                    yield return input;
                    continue;
                }

                if (index != input.Index && Shard != Shard.Whole)
                {
                    throw new CommandException(
                        $"The inputs changed since the stopped run ('{input.Path}' is at another place in the list), and a shard "
                        + $"must be cut from the same inputs. Delete '{ResultJournal.PathFor(target!)}' to start over.");
                }
            }
        }
    }

    private ResultJournal OpenJournal(string target, Action<ResultRow> onRow)
    {
        string path = ResultJournal.PathFor(target);
        if (!File.Exists(path))
        {
            return ResultJournal.Create(path, [.. AllSettings]);
        }

        return Resume
            ? ResultJournal.Resume(path, [.. AllSettings], onRow)
            : throw new CommandException(
                $"'{path}' holds the rows of a stopped run, or of one that is still running. Add --resume to go on with a stopped "
                + "run, or delete the file to start over.");
    }

    private Task<long?> CountAsync(CancellationToken cancellationToken) => Task.Run<long?>(
        () =>
        {
            if (!Inputs.CanRepeat)
            {
                return null;
            }

            long count = 0;
            foreach (ImageInput input in Inputs.Copy().Enumerate())
            {
                cancellationToken.ThrowIfCancellationRequested();
                count += Shard.Contains(input) ? 1 : 0;
            }

            return count;
        },
        CancellationToken.None);

    private void RequireSpace(string target, long rows)
    {
        // Twice: the journal, and the output that is written from it before the journal goes.
        const long BytesPerPath = 96;
        long bytesPerNumber = Schema.Kind == ResultKind.Features ? 12 : 32;
        long needed = 2 * rows * (BytesPerPath + (bytesPerNumber * Schema.Width));
        if (DiskSpace.FreeIn(Path.GetDirectoryName(Path.GetFullPath(target))!) is { } free && needed > free)
        {
            throw new CommandException(Invariant(
                $"'{target}' needs about {needed / 1e6:N0} MB for {rows:N0} images, and the disk has {free / 1e6:N0} MB free. Free some space, or write to another disk."));
        }
    }

    private static void Append(ResultJournal journal, ResultRow row, long kept)
    {
        try
        {
            journal.Append(row);
        }
        catch (Exception exception) when (exception is IOException or ArgumentOutOfRangeException)
        {
            // An argument out of range is what .NET makes of a file that is too large for its disk (FAT32) or its user.
            throw new CommandException(
                Invariant(
                    $"'{journal.FilePath}' cannot be written: {exception.Message} Its {kept:N0} rows are kept: mend that, and run the same command with --resume."),
                exception);
        }
    }

    private async Task FinishAsync(
        ResultJournal journal, ResultFormat? format, InputTally all, InputTally own, long failed, CancellationToken cancellationToken)
    {
        if (journal.Count < own.Count)
        {
            throw new CommandException(Invariant(
                $"There are {journal.Count:N0} rows for {own.Count:N0} inputs; this is a fault of the program. Delete '{journal.FilePath}' to start over."));
        }

        try
        {
            RunManifest? manifest = null;
            if (Output is not null)
            {
                string? besideSha256 = await ResultFormat.WriteBesideAsync(Output, journal.ReadRows(), cancellationToken).ConfigureAwait(false);
                await AtomicFile.WriteAsync(Output, async stream =>
                {
                    await format!.WriteAsync(stream, Schema, journal.ReadRows(), cancellationToken).ConfigureAwait(false);
                    manifest = new RunManifest
                    {
                        Shard = Shard.Number,
                        Shards = Shard.Count,
                        Inputs = all.Count,
                        InputsDigest = all.DigestText,
                        Rows = journal.Count,
                        Failed = failed,
                        RowsDigest = own.DigestText,
                        Style = Csv.ToString(),
                        Settings = new SortedDictionary<string, string>(Settings.ToDictionary()),
                        OutputBytes = stream.Length,
                        OutputSha256 = await RunManifest.HashAsync(stream, cancellationToken).ConfigureAwait(false),
                        BesideSha256 = besideSha256,
                        Positions = Shard == Shard.Whole ? "" : RunManifest.Pack(journal.ReadRows().Select(row => row.Index)),
                    };
                }).ConfigureAwait(false);
            }

            if (Report is not null)
            {
                await WriteReportAsync(Report, journal.ReadRows, cancellationToken).ConfigureAwait(false);
            }

            // Last: whoever finds it finds the output whole.
            if (manifest is not null && manifest.Rows == own.Count)
            {
                await manifest.WriteAsync(Output!).ConfigureAwait(false);
            }
            else if (manifest is not null)
            {
                // With rows of images that are gone, it is not what a run over these inputs makes.
                File.Delete(RunManifest.PathFor(Output!));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new CommandException(
                $"The results cannot be written: {exception.Message} All rows are kept in '{journal.FilePath}': mend that, and run "
                + "the same command with --resume.",
                exception);
        }

        journal.Delete();
    }

    private async Task WriteReportAsync(
        string report, Func<IEnumerable<ResultRow>> rows, CancellationToken cancellationToken)
    {
        try
        {
            await WriteReport!(report, () => Cancellable(rows(), cancellationToken)).ConfigureAwait(false);
        }
        catch (AggregateException exception) when (exception.Flatten().InnerExceptions is [var only, ..])
        {
            // Thumbnails are made side by side, which wraps whatever reading the rows throws.
            ExceptionDispatchInfo.Throw(only);
        }
    }

    private static IEnumerable<ResultRow> Cancellable(IEnumerable<ResultRow> rows, CancellationToken cancellationToken) =>
        rows.Select(row =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return row;
        });

    /// <summary>Checks that a finished output is the one that this run would write, and says what it would say.</summary>
    /// <exception cref="CommandException">It was made by another model, with other options, or of other inputs.</exception>
    private async Task<int> ConfirmAsync(string output, ResultFormat format, CancellationToken cancellationToken)
    {
        const string Anew = "Without --resume, it is made anew.";
        var manifest = RunManifest.Read(output);
        KeyValuePair<string, string>[] settings = [.. manifest.Settings, new("shard", new Shard(manifest.Shard, manifest.Shards).ToString())];
        if (RunSettings.Difference(settings, AllSettings) is { } difference)
        {
            throw new CommandException($"'{output}' is complete, and was made with {difference.Describe("this run has")}. {Anew}");
        }

        if (manifest.Style != Csv.ToString())
        {
            throw new CommandException($"'{output}' is complete, and was written with other options --csv-safe and --csv-bom. {Anew}");
        }

        await manifest.RequireUnchangedAsync(output, cancellationToken).ConfigureAwait(false);
        var all = new InputTally();
        foreach (ImageInput input in Inputs.Enumerate())
        {
            cancellationToken.ThrowIfCancellationRequested();
            all = all.Add(input);
        }

        if (all.Count != manifest.Inputs || all.DigestText != manifest.InputsDigest)
        {
            throw new CommandException(Invariant(
                $"'{output}' is complete, and was made of {manifest.Inputs:N0} inputs; now there are {all.Count:N0}, and not the same ones. {Anew}"));
        }

        if (Report is not null)
        {
            // A page does not say what it was made of.
            await WriteReportAsync(Report, () => format.Read(output).Rows, cancellationToken).ConfigureAwait(false);
            Terminal.WriteLine($"written: {TextCell.Printable(Report)}");
        }

        string failed = manifest.Failed == 0 ? "" : Invariant($", {manifest.Failed:N0} failed");
        Terminal.Note(Invariant(
            $"'{output}' is complete already: {manifest.Rows:N0} {(manifest.Rows == 1 ? "image" : "images")}{failed}; nothing is left to resume."));
        return manifest.Failed == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
    }

    private void Stopped(string? target, long kept) => Terminal.Note(target is null || kept == 0
        ? "stopped."
        : Invariant(
            $"stopped: {kept:N0} rows are kept in '{ResultJournal.PathFor(target)}'. Run the same command with --resume to go on."));

    private void Summarize(long rows, long failures, long scored, TimeSpan elapsed)
    {
        string rate = scored == 0 ? "" : Invariant(
            $" ({scored:N0} in {elapsed.TotalSeconds:0.0} s, {scored / Math.Max(elapsed.TotalSeconds, 1e-3):0.0} images/s)");
        string failed = failures == 0 ? "" : Invariant($", {failures:N0} failed");
        Terminal.WriteLine();
        Terminal.WriteLine(Invariant($"{rows:N0} {(rows == 1 ? "image" : "images")}{failed}{rate}"));
        foreach (string path in new[] { Output, Output is null ? null : ResultFormat.BesideOf(Output), Report }.OfType<string>())
        {
            Terminal.WriteLine($"written: {TextCell.Printable(path)}");
        }
    }
}
