namespace MlNetMobileViT.Conversion;

/// <summary>The tensors of a checkpoint, and where in it they were found.</summary>
/// <param name="Tensors">The tensors in the order of the file.</param>
/// <param name="Path">The keys that lead from the file's root to the state dict.</param>
/// <param name="Others">The keys of other state dicts beside it.</param>
internal sealed record StateDict(
    IReadOnlyList<CheckpointTensor> Tensors, IReadOnlyList<string> Path, IReadOnlyList<string> Others)
{
    private const string Advice = "save them with torch.save(model.state_dict(), path)";

    // A dictionary may hold itself.
    private const int MaxDepth = 4;

    /// <summary>What else the file holds, by the names of classes and functions; nothing of it was kept.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The entries of the state dict that are no tensors but unknown objects: their names, and what made them.</summary>
    public IReadOnlyDictionary<string, string> Objects { get; init; } = new Dictionary<string, string>();

    /// <summary>Finds the state dict in what a pickle held.</summary>
    /// <param name="file">The file, for error messages and bounds.</param>
    /// <param name="content">The pickle.</param>
    /// <param name="key">The key to take at the root; <see langword="null"/> to try those that training programs use.</param>
    /// <param name="findStorage">Gets the bytes of a storage, or <see langword="null"/> where there are none.</param>
    public static StateDict Select(
        CheckpointFile file, PickleContent content, string? key, Func<PickledStorage, ReadOnlyMemory<byte>?> findStorage)
    {
        var dictionary = content.Value as PickledDictionary
            ?? throw file.Error((content.Value is PickledObject other
                ? $"holds an object of {CheckpointFile.Quote(other.Global)} instead of a dictionary of tensors; "
                : "holds no dictionary of tensors; ") + Advice);
        var path = new List<string>();
        List<string> others = [];
        if (key is not null)
        {
            path.Add(key);
            others = KeysOfDictionaries(dictionary);
            dictionary = dictionary.Find(key) as PickledDictionary
                ?? throw file.Error($"has no dictionary {CheckpointFile.Quote(key)}; "
                    + (others.Count == 0 ? "it has none of the usual ones either" : $"it has {string.Join(", ", others)}"));
        }

        // A state dict is searched below before the tensors beside it are taken for one: training programs keep their last
        // loss there.
        while (path.Count < MaxDepth && KeysOfStateDicts(dictionary) is [var next, ..] keys)
        {
            RequireFirst(file, dictionary, next, atRoot: path.Count == 0);
            others = path.Count == 0 ? keys : others;
            path.Add(next);
            dictionary = (PickledDictionary)dictionary.Find(next)!;
        }

        if (!HoldsTensors(dictionary))
        {
            string? unread = Checkpoint.StateDictKeys.FirstOrDefault(name => dictionary.Find(name) is PickledObject);
            throw file.Error(unread is null
                ? $"holds no tensors, neither at its root nor under one of {string.Join(", ", Checkpoint.StateDictKeys)}"
                : $"holds under '{unread}' an object of {CheckpointFile.Quote(((PickledObject)dictionary.Find(unread)!).Global)} "
                    + $"instead of a dictionary of tensors; {Advice}");
        }

        var collector = new TensorCollector(file, findStorage);
        return new StateDict(collector.Collect(dictionary), path, [.. others.Where(other => other != path[0])])
        {
            LeftOut = content.ForeignGlobals,
            Objects = collector.Objects,
        };
    }

    /// <summary>
    /// Refuses weights where those that come before them are there and cannot be read: taking an averaged copy for the plain
    /// weights would be a guess.
    /// </summary>
    private static void RequireFirst(CheckpointFile file, PickledDictionary dictionary, string taken, bool atRoot)
    {
        foreach (string key in Checkpoint.StateDictKeys.TakeWhile(key => key != taken))
        {
            if (dictionary.Find(key) is PickledObject unread)
            {
                throw file.Error(
                    $"holds under '{key}' an object of {CheckpointFile.Quote(unread.Global)}, which cannot be read, and other weights "
                    + $"under '{taken}'; "
                    + (atRoot ? $"choose those with --state-dict {taken} (ConversionOptions.StateDictKey), or " : "")
                    + $"save those of '{key}' with torch.save(model.state_dict(), path)");
            }
        }
    }

    private static List<string> KeysOfDictionaries(PickledDictionary dictionary) =>
        [.. Checkpoint.StateDictKeys.Where(key => dictionary.Find(key) is PickledDictionary)];

    private static List<string> KeysOfStateDicts(PickledDictionary dictionary) =>
        [.. Checkpoint.StateDictKeys.Where(key => dictionary.Find(key) is PickledDictionary inner
            && (HoldsTensors(inner) || KeysOfDictionaries(inner).Count > 0))];

    private static bool HoldsTensors(PickledDictionary dictionary) =>
        dictionary.Entries.Exists(static entry => entry.Value is PickledTensor);

    private sealed class TensorCollector(CheckpointFile file, Func<PickledStorage, ReadOnlyMemory<byte>?> findStorage)
    {
        private readonly Dictionary<string, ReadOnlyMemory<byte>> _storages = new(StringComparer.Ordinal);
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private long _elementsLeft = file.Length;

        public Dictionary<string, string> Objects { get; } = new(StringComparer.Ordinal);

        public List<CheckpointTensor> Collect(PickledDictionary dictionary)
        {
            var tensors = new List<CheckpointTensor>();
            foreach (var (key, value) in dictionary.Entries)
            {
                switch (value)
                {
                    case PickledTensor tensor:
                        tensors.Add(Create(key as string ?? throw file.Error("has a tensor whose name is not text"), tensor));
                        break;
                    case PickledObject { HoldsTensor: true } made:
                        throw Error(
                            key as string ?? "",
                            $"depends on {CheckpointFile.Quote(made.Global)}, which is not known here; save it as a plain tensor");
                    case PickledObject made when key is string name:
                        Objects[name] = made.Global;
                        break;
                }
            }

            return tensors;
        }

        private CheckpointTensor Create(string name, PickledTensor tensor)
        {
            if (!_names.Add(name))
            {
                throw Error(name, "is there twice");
            }

            if (tensor.Storage.Type.DataType is not { } type)
            {
                throw Error(name, $"has elements of {CheckpointFile.Quote(tensor.Storage.Type.Name)}, which no MobileViT has");
            }

            var storage = FindStorage(name, tensor.Storage);

            // Together the tensors may not have more elements than the file has bytes. Only storages that are shared many
            // times over could exceed that, and this keeps what a small file can make the converter allocate small.
            string? problem = TensorBounds.CheckShape(tensor.Sizes, _elementsLeft, out int[] shape, out long elements)
                ?? TensorBounds.CheckStrides(shape, tensor.Strides, tensor.Offset, tensor.Storage.ViewCount);
            if (problem is not null)
            {
                throw Error(name, problem);
            }

            _elementsLeft -= elements;
            return new CheckpointTensor(
                name, type, storage, tensor.Offset + tensor.Storage.ViewOffset, shape, tensor.Strides);
        }

        private ReadOnlyMemory<byte> FindStorage(string name, PickledStorage storage)
        {
            if (!_storages.TryGetValue(storage.Key, out var bytes))
            {
                bytes = findStorage(storage)
                    ?? throw Error(name, $"refers to the storage {CheckpointFile.Quote(storage.Key)}, which is missing");
                _storages.Add(storage.Key, bytes);
            }

            if (bytes.Length != (Int128)storage.ElementCount * storage.Type.ElementBytes)
            {
                throw Error(name, $"refers to the storage {CheckpointFile.Quote(storage.Key)} of {storage.ElementCount} "
                    + $"elements of '{storage.Type.Name}', which has {bytes.Length} bytes");
            }

            return bytes;
        }

        private InvalidDataException Error(string name, string problem) =>
            file.Error($"cannot be used: its tensor {CheckpointFile.Quote(name)} {problem}");
    }
}
