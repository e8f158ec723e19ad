using MlNetMobileViT.Conversion.Checkpoints.Pickle;

namespace MlNetMobileViT.Conversion.Checkpoints;

/// <summary>The tensors of a checkpoint, and where in it they were found.</summary>
/// <param name="Tensors">The tensors in the order of the file.</param>
/// <param name="Path">The keys that lead from the file's root to the state dict.</param>
/// <param name="Others">The keys of other state dicts beside it.</param>
internal sealed record StateDict(
    IReadOnlyList<CheckpointTensor> Tensors, IReadOnlyList<string> Path, IReadOnlyList<string> Others)
{
    // A dictionary may hold itself.
    private const int MaxDepth = 4;

    /// <summary>Finds the state dict in what a pickle held.</summary>
    /// <param name="file">The file, for error messages and bounds.</param>
    /// <param name="root">The root of the pickle.</param>
    /// <param name="key">The key to take at the root; <see langword="null"/> to try those that training programs use.</param>
    /// <param name="findStorage">Gets the bytes of a storage, or <see langword="null"/> where there are none.</param>
    public static StateDict Select(
        CheckpointFile file, object? root, string? key, Func<PickledStorage, ReadOnlyMemory<byte>?> findStorage)
    {
        var dictionary = root as PickledDictionary
            ?? throw file.Error("holds no dictionary of tensors; save one with torch.save(model.state_dict(), path)");
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

        while (!HoldsTensors(dictionary))
        {
            var keys = KeysOfDictionaries(dictionary);
            if (keys.Count == 0 || path.Count == MaxDepth)
            {
                throw file.Error(
                    $"holds no tensors, neither at its root nor under one of {string.Join(", ", Checkpoint.StateDictKeys)}");
            }

            others = path.Count == 0 ? keys : others;
            path.Add(keys[0]);
            dictionary = (PickledDictionary)dictionary.Find(keys[0])!;
        }

        return new StateDict(
            new TensorCollector(file, findStorage).Collect(dictionary), path, [.. others.Where(other => other != path[0])]);
    }

    private static List<string> KeysOfDictionaries(PickledDictionary dictionary) =>
        [.. Checkpoint.StateDictKeys.Where(key => dictionary.Find(key) is PickledDictionary)];

    private static bool HoldsTensors(PickledDictionary dictionary) =>
        dictionary.Entries.Exists(static entry => entry.Value is PickledTensor);

    private sealed class TensorCollector(CheckpointFile file, Func<PickledStorage, ReadOnlyMemory<byte>?> findStorage)
    {
        private readonly Dictionary<string, ReadOnlyMemory<byte>> _storages = new(StringComparer.Ordinal);
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private long _elementsLeft = file.Length;

        public List<CheckpointTensor> Collect(PickledDictionary dictionary)
        {
            var tensors = new List<CheckpointTensor>();
            foreach (var (key, value) in dictionary.Entries)
            {
                if (value is PickledTensor tensor)
                {
                    string name = key as string ?? throw file.Error("has a tensor whose name is not text");
                    tensors.Add(Create(name, tensor));
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
                name, tensor.Storage.DataType, storage, tensor.Offset + tensor.Storage.ViewOffset, shape, tensor.Strides);
        }

        private ReadOnlyMemory<byte> FindStorage(string name, PickledStorage storage)
        {
            if (!_storages.TryGetValue(storage.Key, out var bytes))
            {
                bytes = findStorage(storage)
                    ?? throw Error(name, $"refers to the storage {CheckpointFile.Quote(storage.Key)}, which is missing");
                _storages.Add(storage.Key, bytes);
            }

            if (bytes.Length != (Int128)storage.ElementCount * storage.DataType.ByteSize())
            {
                throw Error(name, $"refers to the storage {CheckpointFile.Quote(storage.Key)} of {storage.ElementCount} "
                    + $"{storage.DataType.GetName()} elements, which has {bytes.Length} bytes");
            }

            return bytes;
        }

        private InvalidDataException Error(string name, string problem) =>
            file.Error($"cannot be used: its tensor {CheckpointFile.Quote(name)} {problem}");
    }
}
