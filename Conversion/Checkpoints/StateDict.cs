using MlNetMobileViT.Conversion.Checkpoints.Pickle;

namespace MlNetMobileViT.Conversion.Checkpoints;

/// <summary>The tensors of a checkpoint, and where in it they were found.</summary>
/// <param name="Tensors">The tensors in the order of the file.</param>
/// <param name="Path">The keys that lead from the file's root to the state dict.</param>
internal sealed record StateDict(IReadOnlyList<CheckpointTensor> Tensors, IReadOnlyList<string> Path)
{
    /// <summary>
    /// Where training programs keep the state dict, in the order in which they are tried: the plain weights first, averaged
    /// copies only where there is nothing else.
    /// </summary>
    private static readonly string[] Keys =
    [
        "state_dict", "model_state_dict", "model", "net", "module",
        "state_dict_ema", "ema_state_dict", "model_ema", "ema",
    ];

    // A dictionary may hold itself.
    private const int MaxDepth = 4;

    /// <summary>Finds the state dict in what a pickle held.</summary>
    /// <param name="file">The file, for error messages and bounds.</param>
    /// <param name="root">The root of the pickle.</param>
    /// <param name="findStorage">Gets the bytes of a storage, or <see langword="null"/> where there are none.</param>
    public static StateDict Select(CheckpointFile file, object? root, Func<PickledStorage, ReadOnlyMemory<byte>?> findStorage)
    {
        var dictionary = root as PickledDictionary
            ?? throw file.Error("holds no dictionary of tensors; save one with torch.save(model.state_dict(), path)");
        var path = new List<string>();
        while (!dictionary.Entries.Exists(entry => entry.Value is PickledTensor))
        {
            string? key = Array.Find(Keys, key => dictionary.Find(key) is PickledDictionary);
            if (key is null || path.Count == MaxDepth)
            {
                throw file.Error($"holds no tensors, neither at its root nor under one of {string.Join(", ", Keys)}");
            }

            path.Add(key);
            dictionary = (PickledDictionary)dictionary.Find(key)!;
        }

        return new StateDict(new TensorCollector(file, findStorage).Collect(dictionary), path);
    }

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
                    + $"{storage.DataType.ToString().ToLowerInvariant()} elements, which has {bytes.Length} bytes");
            }

            return bytes;
        }

        private InvalidDataException Error(string name, string problem) =>
            file.Error($"cannot be used: its tensor {CheckpointFile.Quote(name)} {problem}");
    }
}
