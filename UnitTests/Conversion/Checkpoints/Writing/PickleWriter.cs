using System.Buffers.Binary;
using System.Text;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// Writes pickles of protocol 2 as <c>torch.save</c> does. Values: null, bool, int, long, double, string, <see cref="TestTensor"/>,
/// <c>object?[]</c> (tuple), <c>List&lt;object?&gt;</c>, <c>(string, object?)[]</c> (an ordered dictionary) and
/// <see cref="RawPickle"/>.
/// </summary>
internal sealed class PickleWriter
{
    private static readonly Dictionary<TensorDataType, string> StorageNames = new()
    {
        [TensorDataType.Float32] = "FloatStorage",
        [TensorDataType.Float16] = "HalfStorage",
        [TensorDataType.BFloat16] = "BFloat16Storage",
        [TensorDataType.Float64] = "DoubleStorage",
        [TensorDataType.Int64] = "LongStorage",
        [TensorDataType.Int32] = "IntStorage",
        [TensorDataType.Int16] = "ShortStorage",
        [TensorDataType.Int8] = "CharStorage",
        [TensorDataType.UInt8] = "ByteStorage",
        [TensorDataType.Boolean] = "BoolStorage",
    };

    private readonly bool _legacy;
    private readonly List<byte> _bytes = [];
    private readonly List<TestTensor> _storages = [];

    public PickleWriter(bool legacy = false) => _legacy = legacy;

    /// <summary>The first tensor of each storage; the index is the storage's key.</summary>
    public IReadOnlyList<TestTensor> Storages => _storages;

    public byte[] Write(object? root)
    {
        _bytes.Clear();
        Bytes(Opcode.Proto, 2);
        Value(root);
        Bytes(Opcode.Stop);
        return [.. _bytes];
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null:
                Bytes(Opcode.None);
                break;
            case bool flag:
                Bytes(flag ? Opcode.NewTrue : Opcode.NewFalse);
                break;
            case int number:
                Value((long)number);
                break;
            case long number:
                Integer(number);
                break;
            case double number:
                Bytes(Opcode.BinFloat);
                Span<byte> bigEndian = stackalloc byte[sizeof(double)];
                BinaryPrimitives.WriteDoubleBigEndian(bigEndian, number);
                _bytes.AddRange(bigEndian);
                break;
            case string text:
                Bytes(Opcode.BinUnicode);
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                _bytes.AddRange(BitConverter.GetBytes(utf8.Length));
                _bytes.AddRange(utf8);
                break;
            case object?[] tuple:
                Bytes(Opcode.Mark);
                Array.ForEach(tuple, Value);
                Bytes(Opcode.Tuple);
                break;
            case List<object?> list:
                Bytes(Opcode.EmptyList, Opcode.Mark);
                list.ForEach(Value);
                Bytes(Opcode.Appends);
                break;
            case (string Key, object? Value)[] dictionary:
                OrderedDictionary(dictionary);
                break;
            case TestTensor tensor:
                Tensor(tensor);
                break;
            case RawPickle raw:
                _bytes.AddRange(raw.Bytes);
                break;
            default:
                throw new ArgumentException($"No pickle is written of {value.GetType()}.", nameof(value));
        }
    }

    private void Integer(long number)
    {
        if (number is >= byte.MinValue and <= byte.MaxValue)
        {
            Bytes(Opcode.BinInt1, (byte)number);
        }
        else if (number is >= int.MinValue and <= int.MaxValue)
        {
            Bytes(Opcode.BinInt);
            _bytes.AddRange(BitConverter.GetBytes((int)number));
        }
        else
        {
            Bytes(Opcode.Long1, sizeof(long));
            _bytes.AddRange(BitConverter.GetBytes(number));
        }
    }

    private void OrderedDictionary((string Key, object? Value)[] entries)
    {
        Global("collections", "OrderedDict");
        Bytes(Opcode.EmptyTuple, Opcode.Reduce, Opcode.Mark);
        foreach (var (key, value) in entries)
        {
            Value(key);
            Value(value);
        }

        Bytes(Opcode.SetItems);

        // The versions of the modules, as state dicts carry them.
        Bytes(Opcode.EmptyDict);
        Value("_metadata");
        Bytes(Opcode.EmptyDict, Opcode.SetItem, Opcode.Build);
    }

    private void Tensor(TestTensor tensor)
    {
        if (tensor.IsParameter)
        {
            Global("torch._utils", "_rebuild_parameter");
            Bytes(Opcode.Mark);
        }

        Global("torch._utils", "_rebuild_tensor_v2");
        Bytes(Opcode.Mark);
        Storage(tensor);
        Value(tensor.Offset);
        Value(Array.ConvertAll(tensor.Shape, side => (object?)side));
        Value(Array.ConvertAll(tensor.Strides ?? RowMajor(tensor.Shape), stride => (object?)stride));
        Value(false);
        EmptyDictionary();
        Bytes(Opcode.Tuple, Opcode.Reduce);
        if (tensor.IsParameter)
        {
            Value(true);
            EmptyDictionary();
            Bytes(Opcode.Tuple, Opcode.Reduce);
        }
    }

    private void Storage(TestTensor tensor)
    {
        int index = _storages.FindIndex(other => ReferenceEquals(other.Storage, tensor.Storage));
        if (index < 0)
        {
            index = _storages.Count;
            _storages.Add(tensor);
        }

        Bytes(Opcode.Mark);
        Value("storage");
        Global("torch", StorageNames[tensor.DataType]);
        Value(index.ToString());
        Value("cpu");
        Value(tensor.StorageElements);
        if (_legacy)
        {
            Value(tensor.View is { } view ? new object?[] { $"{index}v", view.Offset, view.Count } : null);
        }

        Bytes(Opcode.Tuple, Opcode.BinPersId);
    }

    private void EmptyDictionary()
    {
        Global("collections", "OrderedDict");
        Bytes(Opcode.EmptyTuple, Opcode.Reduce);
    }

    private void Global(string module, string name)
    {
        Bytes(Opcode.Global);
        _bytes.AddRange(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private void Bytes(params ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    private static long[] RowMajor(long[] shape)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride = unchecked(stride * shape[axis]);
        }

        return strides;
    }
}
