using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Adds to an index of features, of which one process at a time does that. Whatever stops it, what was added stays.</summary>
internal sealed class FeatureIndexWriter : IDisposable
{
    private readonly Terminal _terminal;
    private readonly IndexFolder _folder;
    private readonly IndexSettings _settings;
    private readonly IndexedImages _images = new();
    private readonly FileLock _lock;
    private readonly ResultJournal _rows;
    private readonly FileStream _features;

    /// <summary>Opens an index, or begins one.</summary>
    /// <param name="terminal">Where notes go.</param>
    /// <param name="folder">Its files.</param>
    /// <param name="settings">What features are made with.</param>
    /// <exception cref="CommandException">It was made otherwise, somebody else is adding to it, or it is no index.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public FeatureIndexWriter(Terminal terminal, IndexFolder folder, IndexSettings settings)
    {
        (_terminal, _folder, _settings) = (terminal, folder, settings);
        Require(folder);
        Directory.CreateDirectory(folder.Path);
        _lock = FileLock.TryAcquire(folder.Lock)
            ?? throw new CommandException($"Another run adds to '{folder.Path}' now. Wait until it has ended.");
        try
        {
            if (!File.Exists(folder.Images))
            {
                _rows = ResultJournal.Create(folder.Images, settings.Rows, isShared: true);
            }
            else
            {
                IndexSettings? before = IndexSettings.TryRead(folder);
                before?.RequireSame(settings, folder);
                _rows = ResultJournal.Resume(folder.Images, (before ?? settings).Rows, _images.Add, isShared: true);
            }

            _features = new FileStream(folder.Features, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            Repair();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The number of images.</summary>
    public int Count => _images.CountInUse;

    /// <summary>Checks that a folder is an index, or may become one.</summary>
    /// <exception cref="CommandException">It is something else.</exception>
    public static void Require(IndexFolder folder)
    {
        if (File.Exists(folder.Path))
        {
            throw new CommandException($"--output '{folder.Path}' is a file; name a folder, which is made where there is none.");
        }

        if (Directory.Exists(folder.Path) && !File.Exists(folder.Images)
            && Directory.EnumerateFileSystemEntries(folder.Path).Any(entry => entry != folder.Lock))
        {
            throw new CommandException(
                $"--output '{folder.Path}' is a folder with other things in it, which are left as they are; name a folder of its own.");
        }
    }

    /// <summary>Whether an image is there, and whether its file is still as it was when it was read.</summary>
    public ImageState Find(string path, string state) => _images.NumberOf(path) is not { } number ? ImageState.New
        : _images.StateOf(number) == state ? ImageState.Known : ImageState.Changed;

    /// <summary>Adds an image, or one that has changed. Once this returns, a kill of the process does not lose it.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="state">What tells whether the file is as it was.</param>
    /// <param name="features">Its features.</param>
    public void Add(string path, string state, ReadOnlySpan<float> features)
    {
        float[] vector = UnitVectors.Scale(features);
        // The row is what makes it count, and comes last.
        _features.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        Append(_images.RowOf(path, state, MappedVectors.ChecksumOf(vector)));
    }

    /// <summary>The images whose files are gone.</summary>
    public string[] FindGone() => [.. _images.Paths.OfType<string>().Where(path => !File.Exists(path))];

    /// <summary>Takes an image out.</summary>
    public void Remove(string path) => Append(IndexedImages.RowOfGone(path));

    /// <summary>Makes the graphs that are missing, and deletes those that are of no use.</summary>
    /// <param name="threads">How many are made at a time; 0 for one for each processor.</param>
    /// <param name="cancellationToken">Stops it; graphs that are whole stay.</param>
    public void MakeGraphs(int threads, CancellationToken cancellationToken)
    {
        uint[] checksums = _folder.ChecksumsOf(_images);
        string?[] whole = [.. checksums.Select((checksum, block) => _folder.FindGraph(block, checksum))];
        foreach (string file in _folder.Graphs().Except(whole.OfType<string>()))
        {
            Delete(file);
        }

        int[] missing = [.. Enumerable.Range(0, whole.Length).Where(block => whole[block] is null)];
        if (missing.Length == 0)
        {
            return;
        }

        using var vectors = new MappedVectors(_folder.Features, _settings.Dimensions);
        try
        {
            WorkProgress.Run(
                _terminal,
                "images",
                Task.FromResult<long?>((long)missing.Length * _folder.BlockSize),
                progress =>
                {
                    progress.Phase = "graphs of near images";
                    var advance = new Lock();
                    Parallel.ForEach(
                        missing,
                        new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads },
                        block => MakeGraph(block, checksums[block], vectors, () =>
                        {
                            lock (advance)
                            {
                                progress.Advance();
                            }
                        },
                        cancellationToken));
                });
        }
        catch (AggregateException exception) when (NeighborGraph.IsOfTheLibrary(exception.InnerExceptions[0]))
        {
            _terminal.Note($"all images will be searched one by one, which is slower: {NeighborGraph.Unavailable}");
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    public void Dispose()
    {
        _features?.Dispose();
        _rows?.Dispose();
        _lock.Dispose();
    }

    private static void Delete(string graph)
    {
        try
        {
            File.Delete(graph);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // On Windows somebody may be searching with it. It stays for the next run, and is of no use to anybody until then.
        }
    }

    private void MakeGraph(int block, uint checksum, MappedVectors vectors, Action onAdded, CancellationToken cancellationToken)
    {
        string temporary = _folder.TemporaryGraph(block);
        var numbers = Enumerable.Range(block * _folder.BlockSize, _folder.BlockSize).Where(number =>
        {
            bool isWhole = MappedVectors.ChecksumOf(vectors[number]) == _images.Checksums[number];
            if (!isWhole)
            {
                onAdded();
            }

            return isWhole;
        });
        NeighborGraph.Write(temporary, vectors, numbers, onAdded, cancellationToken);
        File.Move(temporary, _folder.PathOf(block, checksum, temporary), overwrite: true);
    }

    private void Append(ResultRow row)
    {
        _rows.Append(row);
        _images.Add(row);
    }

    /// <summary>Brings the features to the rows, and takes images out whose features are not those that were written.</summary>
    private void Repair()
    {
        // Behind the last row's there may be one that was cut off; before it, what never reached the disk is zero from now on.
        _features.SetLength(_images.Count * MappedVectors.SizeOf(_settings.Dimensions));
        _features.Position = _features.Length;
        string[] damaged;
        using (var vectors = new MappedVectors(_folder.Features, _settings.Dimensions))
        {
            damaged =
            [
                .. Enumerable.Range(0, _images.Count)
                    .Where(number => _images.Paths[number] is not null && MappedVectors.ChecksumOf(vectors[number]) != _images.Checksums[number])
                    .Select(number => _images.Paths[number]!),
            ];
        }

        foreach (string path in damaged)
        {
            Remove(path);
        }

        if (damaged.Length > 0)
        {
            string first = TextCell.Printable(damaged[0]);
            _terminal.Note(Invariant($"the features of {damaged.Length:N0} images were damaged on the disk, '{first}' first; ")
                + "they are not in the index until they are named again.");
        }
    }
}

/// <summary>What an index knows of a file.</summary>
internal enum ImageState
{
    /// <summary>Nothing.</summary>
    New,

    /// <summary>The file is not as it was when it was read.</summary>
    Changed,

    /// <summary>Its features.</summary>
    Known,
}
