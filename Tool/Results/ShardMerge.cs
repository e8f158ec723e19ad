namespace MlNetMobileViT.Tool;

/// <summary>Joins the outputs of all shards of a run, and proves that every input is there exactly once.</summary>
internal sealed class ShardMerge(
    string[] paths, RunManifest[] manifests, ResultSchema schema, IEnumerable<ResultRow>[] rows)
{
    public ResultSchema Schema { get; } = schema;

    /// <summary>The number of inputs that the shards name.</summary>
    public long Inputs => manifests[0].Inputs;

    /// <summary>Opens the shards and checks that they belong together.</summary>
    /// <exception cref="CommandException">One is missing, stands twice, or is of another run.</exception>
    public static async Task<ShardMerge> OpenAsync(IReadOnlyList<string> outputs, CancellationToken cancellationToken)
    {
        foreach (string output in outputs)
        {
            if (!File.Exists(output))
            {
                throw new CommandException($"There is no shard '{output}'. Check the path.");
            }

            if (File.Exists(ResultJournal.PathFor(output)))
            {
                throw new CommandException(
                    $"'{ResultJournal.PathFor(output)}' stands beside '{output}': that shard is still running, or was stopped. Wait for "
                    + "it, or run its command again with --resume.");
            }
        }

        var shards = outputs.Select(path => (Path: path, Manifest: RunManifest.Read(path)))
            .OrderBy(shard => shard.Manifest.Shard).ToArray();
        var (firstPath, first) = shards[0];
        foreach (var (path, manifest) in shards)
        {
            if (manifest.Shards != first.Shards)
            {
                throw new CommandException(
                    $"'{path}' is one of {manifest.Shards} shards, and '{firstPath}' one of {first.Shards}: they are not of one run.");
            }

            if (RunSettings.Difference(manifest.Settings, first.Settings) is { } difference)
            {
                throw new CommandException(
                    $"'{path}' was made with {difference.Describe($"'{firstPath}' with")}: they are not of one run.");
            }

            if (manifest.Inputs != first.Inputs || manifest.InputsDigest != first.InputsDigest)
            {
                throw new CommandException(
                    $"'{path}' was cut from {manifest.Inputs} inputs, and '{firstPath}' from {first.Inputs}, and they are not the "
                    + "same: the inputs changed between the two runs. Run the older shard again.");
            }
        }

        foreach (var group in shards.GroupBy(shard => shard.Manifest.Shard).Where(group => group.Count() > 1))
        {
            throw new CommandException(
                $"{string.Join(" and ", group.Select(shard => $"'{shard.Path}'"))} are both shard {group.Key}/{first.Shards}.");
        }

        int[] missing = [.. Enumerable.Range(1, first.Shards).Except(shards.Select(shard => shard.Manifest.Shard))];
        if (missing.Length > 0)
        {
            throw new CommandException(
                $"{(missing.Length == 1 ? "Shard" : "Shards")} {string.Join(", ", missing)} of {first.Shards} "
                + $"{(missing.Length == 1 ? "is" : "are")} missing. Name the outputs of all shards.");
        }

        // Positions and digests together: each input is in one shard, and the shards' inputs are those that were listed.
        if (shards.Sum(shard => shard.Manifest.Rows) != first.Inputs
            || InputTally.Sum(shards.Select(shard => shard.Manifest.RowsDigest)) != first.InputsDigest)
        {
            throw new CommandException(
                $"The shards hold {shards.Sum(shard => shard.Manifest.Rows)} of {first.Inputs} inputs, or others than were listed. Run "
                + "the shards again with the same inputs.");
        }

        foreach (var (path, manifest) in shards)
        {
            await manifest.RequireUnchangedAsync(path, cancellationToken).ConfigureAwait(false);
        }

        var tables = shards.Select(shard => (shard.Path, Table: ReadTable(shard.Path))).ToArray();
        // A shard that no input fell to has no rows; in some formats it cannot say its columns either.
        // And where each of a shard's images failed, JSON Lines cannot say how many features there are.
        ResultSchema schema = tables.Select(table => table.Table.Schema).OfType<ResultSchema>().MaxBy(found => found.Width)
            ?? throw new CommandException("None of the shards has a row: there is nothing to merge.");
        foreach (var (path, table) in tables)
        {
            if (table.Schema is not null and not { Kind: ResultKind.Features, Width: 0 }
                && (table.Schema.Kind, table.Schema.Width) != (schema.Kind, schema.Width))
            {
                throw new CommandException($"'{path}' has other columns than the first shard: they are not of one run.");
            }
        }

        return new ShardMerge(
            [.. shards.Select(shard => shard.Path)],
            [.. shards.Select(shard => shard.Manifest)],
            schema,
            [.. tables.Select(table => table.Table.Rows)]);
    }

    /// <summary>The rows of all shards, in the order of a run without shards.</summary>
    /// <exception cref="CommandException">An input is missing or stands twice; thrown where it would have come.</exception>
    public IEnumerable<ResultRow> Rows()
    {
        var queue = new PriorityQueue<int, long>();
        var cursors = new List<IEnumerator<ResultRow>>();
        try
        {
            for (int i = 0; i < rows.Length; i++)
            {
                cursors.Add(WithPositions(i).GetEnumerator());
                Advance(i);
            }

            long next = 0;
            while (queue.TryDequeue(out int shard, out long position))
            {
                ResultRow row = cursors[shard].Current;
                if (position != next)
                {
                    throw new CommandException(position < next
                        ? $"'{row.Path}' in '{paths[shard]}' is there more than once. Run that shard again."
                        : $"Input {next + 1} of {Inputs} is in none of the shards. Run the shards again with the same inputs.");
                }

                next++;
                yield return row;
                Advance(shard);
            }

            if (next != Inputs)
            {
                throw new CommandException($"The shards hold {next} of {Inputs} inputs. Run the shards again with the same inputs.");
            }
        }
        finally
        {
            cursors.ForEach(cursor => cursor.Dispose());
        }

        void Advance(int shard)
        {
            if (cursors[shard].MoveNext())
            {
                queue.Enqueue(shard, cursors[shard].Current.Index);
            }
        }
    }

    private static (ResultSchema? Schema, IEnumerable<ResultRow> Rows) ReadTable(string path) =>
        new FileInfo(path).Length == 0 ? (null, []) : ResultFormat.Of(path).Read(path);

    /// <summary>The rows of a shard at their places among all inputs. Its manifest has proved that they are as many.</summary>
    private IEnumerable<ResultRow> WithPositions(int shard) =>
        rows[shard].Zip(manifests[shard].RowPositions(), static (row, position) => row with { Index = position });
}
