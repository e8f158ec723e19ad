namespace MlNetMobileViT.Conversion;

/// <content>What a pickle refers to outside itself: globals, and the storages of tensors.</content>
internal sealed partial class PickleReader
{
    // PyTorch's own limit.
    private const int MaxDimensions = 64;

    // Keys are small numbers, or addresses in old files.
    private const int MaxKeyLength = 64;

    // Modules and classes have short names; what is looked up once for each of them must not cost more than reading it.
    private const int MaxGlobalLength = 300;
    private const int MaxGlobalDots = 16;

    private readonly Dictionary<(string Module, string Name), PickleGlobal> _foreign = [];

    /// <summary>The value of an opcode with which a pickle could do harm if it were run.</summary>
    private object? Execute(byte opcode) => opcode switch
    {
        Opcode.Global => Resolve(TakeLine(), TakeLine()),
        Opcode.StackGlobal => PopMany(2) is [string module, string name]
            ? Resolve(module, name)
            : throw Error("names a global with something that is not text"),
        Opcode.Inst => Call(Resolve(TakeLine(), TakeLine()), PopMarked()),
        Opcode.Obj => PopMarked() is [var callable, .. var arguments]
            ? Call(callable, arguments)
            : throw Error("takes a value where there is none"),
        // Arguments are evaluated in the order in which they stand here: what was put last is taken first.
        Opcode.Reduce or Opcode.NewObj => Call(arguments: Pop(), callable: Pop()),
        Opcode.NewObjEx => Call(keywords: Pop(), arguments: Pop(), callable: Pop()),
        Opcode.BinPersId => ReadStorage(Pop()),
        _ => throw Error($"holds the opcode 0x{opcode:x2}, which no state dict needs"),
    };

    private PickleGlobal Resolve(string module, string name)
    {
        if (module.Length + name.Length > MaxGlobalLength
            || module.AsSpan().Count('.') + name.AsSpan().Count('.') > MaxGlobalDots)
        {
            throw Error("names a global that is longer than any of Python's");
        }

        if (KnownGlobals.Find(module, name) is { } known)
        {
            return known;
        }

        if (_foreign.TryGetValue((module, name), out PickleGlobal? foreign))
        {
            return foreign;
        }

        string path = $"{module}.{name}";
        if (RefusedGlobals.ReasonFor(module, name) is { } reason)
        {
            throw _file.Error(
                $"refers to {CheckpointFile.Quote(path)}, which {reason}; no weights need that, so the file may be an attack; "
                + "nothing of it was run"
                + (RefusedGlobals.IsOfEnums(module, name)
                    ? "; Python 3.11 and later save enum values this way: save the checkpoint without them, for example only "
                        + "model.state_dict()"
                    : ""));
        }

        foreign = new PickleGlobal(path, GlobalKind.Foreign);
        _foreign.Add((module, name), foreign);
        return foreign;
    }

    /// <summary>
    /// <c>('storage', type, key, location, elements)</c>; the older form has a sixth member, <c>None</c> or
    /// <c>(key, offset, elements)</c> of a part of the storage.
    /// </summary>
    private object ReadStorage(object? id)
    {
        if (id is not object?[] tuple
            || tuple is not ["storage", PickleGlobal type, string key, string, long count, ..]
            || type.Kind is not (GlobalKind.Storage or GlobalKind.Foreign)
            || count < 0
            || key.Length > MaxKeyLength)
        {
            throw Error("refers to data outside itself that is not a storage");
        }

        if (type.Kind == GlobalKind.Foreign)
        {
            return new PickledObject(type.Name, holdsTensor: true);
        }

        var storage = tuple.AsSpan(5) switch
        {
            [] or [null] => new PickledStorage(key, type, count, 0, count),
            [object?[] and [string, long offset, long viewCount]] when offset >= 0 && viewCount >= 0
                && offset <= count && viewCount <= count - offset =>
                new PickledStorage(key, type, count, offset, viewCount),
            _ => throw Error($"refers to a part of the storage {CheckpointFile.Quote(key)} that does not lie within it"),
        };
        _storages.Add(storage);
        return storage;
    }

    private long[] Integers(object?[] values) => values.Length > MaxDimensions
        ? throw Error($"gives a tensor {values.Length} dimensions")
        : Array.ConvertAll(values, value => value is long number ? number : throw Error("gives a tensor a size that is no integer"));
}
