namespace MlNetMobileViT.Conversion.Checkpoints.Pickle;

/// <content>What a pickle may refer to outside itself: the few globals and the storages of state dicts.</content>
internal sealed partial class PickleReader
{
    // PyTorch's own limit.
    private const int MaxDimensions = 64;

    // Keys are small numbers, or addresses in old files.
    private const int MaxKeyLength = 64;

    /// <summary>The opcodes with which a pickle could do harm if it were run.</summary>
    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case Opcode.Global:
                string module = TakeLine();
                _stack.Add(Resolve(module, TakeLine()));
                break;
            case Opcode.StackGlobal:
                object?[] names = PopMany(2);
                _stack.Add(names is [string from, string name]
                    ? Resolve(from, name)
                    : throw Error("names a global with something that is not text"));
                break;
            case Opcode.Inst:
                string instanceModule = TakeLine();
                string instanceName = TakeLine();
                throw Foreign($"{instanceModule}.{instanceName}");
            case Opcode.Reduce:
                object? arguments = Pop();
                object? callable = Pop();
                _stack.Add(callable is PickleGlobal global && arguments is object?[] tuple
                    ? Rebuild(global, tuple)
                    : throw Error("calls something that is not a function"));
                break;
            case Opcode.Build:
                // PyTorch hangs the versions of the modules on its ordered dictionaries this way; nobody needs them.
                Pop();
                Top<PickledDictionary>("a dictionary");
                break;
            case Opcode.NewObj or Opcode.NewObjEx or Opcode.Obj:
                throw Error("creates an object, where only dictionaries, lists, numbers, text and tensors are read");
            case Opcode.BinPersId:
                var storage = ReadStorage(Pop());
                _storages.Add(storage);
                _stack.Add(storage);
                break;
            default:
                throw Error($"holds the opcode 0x{opcode:x2}, which no state dict needs");
        }
    }

    private object Rebuild(PickleGlobal global, object?[] arguments)
    {
        switch (global.Kind)
        {
            case GlobalKind.OrderedDictionary when arguments.Length == 0:
                return new PickledDictionary();
            case GlobalKind.OrderedDictionary when arguments is [List<object?> pairs]:
                // How Python 2 pickles an ordered dictionary. The list may be recalled again and again.
                Spend(pairs.Count);
                var dictionary = new PickledDictionary();
                foreach (object? pair in pairs)
                {
                    SetItems(dictionary, pair switch
                    {
                        List<object?> { Count: 2 } list => [.. list],
                        object?[] { Length: 2 } tuple => tuple,
                        _ => throw Error("fills a dictionary with something that is not a pair"),
                    });
                }

                return dictionary;
            case GlobalKind.RebuildTensor
                when arguments is [PickledStorage storage, long offset, object?[] sizes, object?[] strides, ..]
                     && arguments.Length is 6 or 7:
                return new PickledTensor(storage, offset, Integers(sizes), Integers(strides));
            case GlobalKind.RebuildParameter when arguments is [PickledTensor tensor, _, _]:
                return tensor;
            default:
                throw Error($"uses '{global.Name}' in a way that no state dict does");
        }
    }

    /// <summary>
    /// <c>('storage', type, key, location, elements)</c>; the older form has a sixth member, <c>None</c> or
    /// <c>(key, offset, elements)</c> of a part of the storage.
    /// </summary>
    private PickledStorage ReadStorage(object? id)
    {
        if (id is not object?[] tuple
            || tuple is not ["storage", PickleGlobal { Kind: GlobalKind.Storage } type, string key, string, long count, ..]
            || count < 0
            || key.Length > MaxKeyLength)
        {
            throw Error("refers to data outside itself that is not a storage");
        }

        return tuple.AsSpan(5) switch
        {
            [] or [null] => new PickledStorage(key, type.StorageType, count, 0, count),
            [object?[] and [string, long offset, long viewCount]] when offset >= 0 && viewCount >= 0
                && offset <= count && viewCount <= count - offset =>
                new PickledStorage(key, type.StorageType, count, offset, viewCount),
            _ => throw Error($"refers to a part of the storage {CheckpointFile.Quote(key)} that does not lie within it"),
        };
    }

    private long[] Integers(object?[] values) => values.Length > MaxDimensions
        ? throw Error($"gives a tensor {values.Length} dimensions")
        : Array.ConvertAll(values, value => value is long number ? number : throw Error("gives a tensor a size that is no integer"));

    private PickleGlobal Resolve(string module, string name) =>
        AllowedGlobals.Find(module, name) ?? throw Foreign($"{module}.{name}");

    private InvalidDataException Foreign(string name) => _file.Error(
        $"refers to {CheckpointFile.Quote(name)}, which the weights of a model do not need; it may be harmful, nothing of it "
        + "was run; save the weights alone with torch.save(model.state_dict(), path)");
}
