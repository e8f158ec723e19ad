namespace MlNetMobileViT.Tool;

/// <summary>An index of features to search in. Another process may be adding to it; what it adds is not seen.</summary>
internal sealed class FeatureIndex : IDisposable
{
    private readonly IndexFolder _folder;
    private readonly IndexedImages _images = new();
    private readonly MappedVectors _vectors;
    private readonly NeighborGraph?[] _graphs;
    private readonly Wholeness _wholeness;

    /// <summary>Opens an index.</summary>
    /// <param name="terminal">Where notes go.</param>
    /// <param name="folder">Its files.</param>
    /// <param name="isSearched">Whether graphs are wanted.</param>
    /// <exception cref="CommandException">There is no index, or its rows are not one's.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public FeatureIndex(Terminal terminal, IndexFolder folder, bool isSearched)
    {
        _folder = folder;
        Settings = IndexSettings.Read(folder);
        ResultJournal.Read(folder.Images, Settings.Rows, _images.Add);
        if (!File.Exists(folder.Features))
        {
            throw new CommandException($"'{folder.Features}' is missing. Run 'index' again, which reads the images again.");
        }

        _vectors = new MappedVectors(folder.Features, Settings.Dimensions);
        _wholeness = new Wholeness(_images, _vectors);
        _graphs = isSearched ? OpenGraphs(terminal) : [];
    }

    /// <summary>What it was made with.</summary>
    public IndexSettings Settings { get; }

    /// <summary>The vectors.</summary>
    public UnitVectors Vectors => _vectors;

    /// <summary>The full path of the image of each vector; null where the vector is out of use.</summary>
    public IReadOnlyList<string?> Paths => _images.Paths;

    /// <summary>The number of images.</summary>
    public int Count => _images.CountInUse;

    /// <summary>The number of vectors that were met and are not those that were written.</summary>
    public int Damaged => _wholeness.Damaged;

    /// <summary>What finds images in it.</summary>
    public NearestSearch Search => new(_vectors, Paths)
    {
        BlockSize = _folder.BlockSize,
        Graphs = _graphs,
        IsWhole = _wholeness.IsWhole,
    };

    /// <summary>The numbers of the images that can be used, in the order in which they were added.</summary>
    public IEnumerable<int> Numbers => Enumerable.Range(0, Paths.Count).Where(number => Paths[number] is not null && _wholeness.IsWhole(number));

    /// <summary>The vector of a file that is still as it was when it was read; null where there is none.</summary>
    public float[]? Find(string path)
    {
        string full = Path.GetFullPath(path);
        return _images.NumberOf(full) is { } number && _images.StateOf(number) == IndexedImages.StateOf(full) && _wholeness.IsWhole(number)
            ? _vectors[number].ToArray()
            : null;
    }

    public void Dispose()
    {
        foreach (NeighborGraph? graph in _graphs)
        {
            graph?.Dispose();
        }

        _vectors.Dispose();
    }

    private NeighborGraph?[] OpenGraphs(Terminal terminal)
    {
        uint[] checksums = _folder.ChecksumsOf(_images);
        var graphs = new NeighborGraph?[checksums.Length];
        string? reason = null;
        for (int block = 0; block < graphs.Length; block++)
        {
            try
            {
                graphs[block] = _folder.FindGraph(block, checksums[block]) is { } path ? NeighborGraph.Open(path) : null;
            }
            catch (Exception exception) when (exception is InvalidDataException || NeighborGraph.IsOfTheLibrary(exception))
            {
                reason = NeighborGraph.IsOfTheLibrary(exception) ? NeighborGraph.Unavailable : exception.Message;
            }
        }

        if (graphs.Count(graph => graph is null) is var without and > 0)
        {
            long images = (long)without * _folder.BlockSize;
            terminal.Note(Invariant($"{images:N0} of the {_images.Count:N0} images are searched one by one, which is slower: ")
                + (reason is null ? "their graphs are missing or damaged, and 'index' makes them." : TextCell.Printable(reason)));
        }

        return graphs;
    }

    /// <summary>Looks whether vectors are those that were written, at each once.</summary>
    private sealed class Wholeness(IndexedImages images, UnitVectors vectors)
    {
        private const byte Whole = 1;
        private const byte NotWhole = 2;

        // Threads may look at one at the same time, and see the same.
        private readonly byte[] _seen = new byte[images.Count];

        public int Damaged => _seen.Count(seen => seen == NotWhole);

        public bool IsWhole(int number)
        {
            if (_seen[number] == 0)
            {
                bool isWhole = number < vectors.Count && MappedVectors.ChecksumOf(vectors[number]) == images.Checksums[number];
                _seen[number] = isWhole ? Whole : NotWhole;
            }

            return _seen[number] == Whole;
        }
    }
}
