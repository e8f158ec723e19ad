namespace MlNetMobileViT.Conversion;

/// <content>
/// What stands for the result of a call. The few calls of which tensors and dictionaries are made have a known meaning; any
/// other gives a <see cref="PickledObject"/>, and so does a tensor that is made of one.
/// </content>
internal sealed partial class PickleReader
{
    private object Call(object? callable, object? arguments, object? keywords = null)
    {
        if (arguments is not object?[] tuple)
        {
            throw Error("calls something that is not a function, or not with a tuple of arguments");
        }

        // What is recalled can be passed again and again.
        Spend(tuple.Length);
        if (keywords is not null and not PickledDictionary { Entries.Count: 0 })
        {
            tuple = [.. tuple, keywords];
        }

        return callable switch
        {
            PickleGlobal global => Rebuild(global, tuple),
            PickledObject instance => new PickledObject(instance.Global, instance.HoldsTensor || HoldTensor(tuple)),
            _ => throw Error("calls something that is not a function"),
        };
    }

    private object Rebuild(PickleGlobal global, object?[] arguments)
    {
        switch (global.Kind)
        {
            case GlobalKind.Foreign or GlobalKind.PlainData:
                return new PickledObject(global.Name, HoldTensor(arguments));
            case GlobalKind.OtherTensor or GlobalKind.TensorClass:
                return new PickledObject(global.Name, holdsTensor: true);
            case GlobalKind.Dictionary when MakeDictionary(arguments) is { } dictionary:
                return dictionary;
            case GlobalKind.DefaultDictionary when MakeDictionary(arguments.AsSpan(Math.Min(1, arguments.Length))) is { } dictionary:
                return dictionary;
            case GlobalKind.Size when arguments is []:
                return arguments;
            case GlobalKind.Size when arguments is [object?[] sides]:
                return sides;
            case GlobalKind.Size when arguments is [List<object?> sides]:
                Spend(sides.Count);
                return sides.ToArray();
            case GlobalKind.RebuildTensor
                when arguments is [PickledStorage storage, long offset, object?[] sizes, object?[] strides, ..]
                     && arguments.Length is 4 or 6 or 7:
                return FunctionBehind(arguments.ElementAtOrDefault(6)) is { } view
                    ? new PickledObject(view, holdsTensor: true)
                    : MakeTensor(storage, offset, sizes, strides);
            case GlobalKind.RebuildTensorOfType
                when arguments is [PickledStorage storage, long offset, object?[] sizes, object?[] strides, _, _,
                         PickleGlobal { Kind: GlobalKind.DataType } type, ..]
                     && arguments.Length is 7 or 8:
                return FunctionBehind(arguments.ElementAtOrDefault(7)) is { } viewOfType
                    ? new PickledObject(viewOfType, holdsTensor: true)
                    : storage.Retype(type) is { } typed
                    ? MakeTensor(typed, offset, sizes, strides)
                    : new PickledObject(type.Name, holdsTensor: true);
            case GlobalKind.RebuildParameter when arguments is [PickledTensor, ..]:
                return arguments[0]!;
            case GlobalKind.RebuildFromType
                when arguments is [PickleGlobal { Kind: not GlobalKind.RebuildFromType } function, PickleGlobal type, object?[] inner, _]:
                Spend(inner.Length);
                object made = Rebuild(function, inner);
                return type.Kind is GlobalKind.TensorClass or GlobalKind.RebuildParameter
                    ? made
                    : new PickledObject(type.Name, holdsTensor: true);
            default:
                return Array.Find(arguments, static argument => argument is PickledObject) is PickledObject unknown
                    ? new PickledObject(unknown.Global, holdsTensor: true)
                    : throw Error($"uses '{global.Name}' in a way that no state dict does");
        }
    }

    /// <summary>
    /// The function whose result a tensor is by its metadata: PyTorch keeps the values of the storage and negates or conjugates
    /// them whenever they are read. Null for a plain tensor.
    /// </summary>
    private string? FunctionBehind(object? metadata) => metadata switch
    {
        null => null,
        PickledObject unknown => unknown.Global,
        PickledDictionary bits => IsSet(bits, "neg") ? "torch._neg_view" : IsSet(bits, "conj") ? "torch.conj" : null,
        _ => throw Error("gives a tensor metadata that is no dictionary"),
    };

    private bool IsSet(PickledDictionary bits, string name)
    {
        // The dictionary may be recalled again and again.
        Spend(bits.Entries.Count);
        return bits.Find(name) is not (null or false or 0L);
    }

    private object MakeTensor(PickledStorage storage, long offset, object?[] sizes, object?[] strides)
    {
        // The number of dimensions is checked first: the sizes may be long, and recalled again and again.
        return sizes.Length <= MaxDimensions && strides.Length <= MaxDimensions
            && sizes.Concat(strides).OfType<PickledObject>().FirstOrDefault() is { } unknown
            ? new PickledObject(unknown.Global, holdsTensor: true)
            : new PickledTensor(storage, offset, Integers(sizes), Integers(strides));
    }

    /// <summary>Nothing, another dictionary, or the list of pairs of which Python 2 makes an ordered dictionary.</summary>
    private PickledDictionary? MakeDictionary(ReadOnlySpan<object?> arguments)
    {
        if (arguments is not [List<object?> pairs])
        {
            return arguments is [] ? new PickledDictionary() : arguments is [PickledDictionary other] ? other : null;
        }

        // The list may be recalled again and again.
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
    }

    /// <summary>Sets the state of what lies on the stack, which is of no use to anybody here.</summary>
    private void Build(object? state)
    {
        switch (Peek())
        {
            // PyTorch hangs the versions of the modules on its ordered dictionaries this way.
            case PickledDictionary:
                break;
            case PickledObject instance:
                Put(instance, [state]);
                break;
            // A tuple would be another storage and shape, as PyTorch had it before its first release.
            case PickledTensor when state is null or PickledDictionary:
                break;
            default:
                throw Error("adds to something that has no state");
        }
    }

    /// <summary>Puts items into an unknown object, of which only this is remembered: whether there is a tensor among them.</summary>
    private void Put(PickledObject target, ReadOnlySpan<object?> items) => target.HoldsTensor |= HoldTensor(items);

    /// <summary>Whether there is a tensor among values, or one level below.</summary>
    private bool HoldTensor(ReadOnlySpan<object?> values)
    {
        foreach (object? value in values)
        {
            bool holds = value switch
            {
                object?[] tuple => Below(tuple.Length) && Array.Exists(tuple, IsTensor),
                List<object?> list => Below(list.Count) && list.Exists(IsTensor),
                PickledDictionary dictionary => Below(dictionary.Entries.Count)
                    && dictionary.Entries.Exists(static entry => IsTensor(entry.Value)),
                _ => IsTensor(value),
            };
            if (holds)
            {
                return true;
            }
        }

        return false;

        bool Below(int count)
        {
            Spend(count);
            return true;
        }

        static bool IsTensor(object? value) => value is PickledTensor or PickledStorage or PickledObject { HoldsTensor: true };
    }
}
