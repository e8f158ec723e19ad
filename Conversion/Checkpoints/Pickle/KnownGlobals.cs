namespace MlNetMobileViT.Conversion;

/// <summary>
/// The names that mean something to the reader: those that PyTorch's own reading with <c>weights_only=True</c> accepts, and
/// Python's plain data. None is ever looked up or called: each stands for a few lines of <see cref="PickleReader"/>.
/// </summary>
internal static class KnownGlobals
{
    private static readonly Dictionary<(string Module, string Name), PickleGlobal> All = Create();

    public static PickleGlobal? Find(string module, string name) => All.GetValueOrDefault((module, name));

    private static Dictionary<(string, string), PickleGlobal> Create()
    {
        var globals = new Dictionary<(string, string), PickleGlobal>();
        Add("collections", GlobalKind.Dictionary, "OrderedDict", "Counter");
        Add("collections", GlobalKind.DefaultDictionary, "defaultdict");
        Add("torch._utils", GlobalKind.RebuildTensor, "_rebuild_tensor", "_rebuild_tensor_v2");
        Add("torch._utils", GlobalKind.RebuildTensorOfType, "_rebuild_tensor_v3");
        Add("torch._utils", GlobalKind.RebuildParameter, "_rebuild_parameter", "_rebuild_parameter_with_state");
        Add("torch.nn.parameter", GlobalKind.RebuildParameter, "Parameter");
        Add("torch._tensor", GlobalKind.RebuildFromType, "_rebuild_from_type_v2");
        Add("torch._utils", GlobalKind.OtherTensor, "_rebuild_qtensor", "_rebuild_sparse_tensor", "_rebuild_meta_tensor_no_storage");
        Add("torch._utils", GlobalKind.OtherTensor, "_rebuild_device_tensor_from_numpy", "_rebuild_device_tensor_from_cpu_tensor");
        Add("torch._utils", GlobalKind.OtherTensor, "_rebuild_wrapper_subclass");
        Add("torch", GlobalKind.Size, "Size");
        Add("torch", GlobalKind.TensorClass, "Tensor");
        Add("torch", GlobalKind.PlainData, "device");
        Add("torch.serialization", GlobalKind.PlainData, "_get_layout");
        Add("torch", GlobalKind.PlainData, "per_tensor_affine", "per_tensor_symmetric", "per_channel_affine");
        Add("torch", GlobalKind.PlainData, "per_channel_symmetric", "per_channel_affine_float_qparams");
        Add("_codecs", GlobalKind.PlainData, "encode");
        foreach (string module in new[] { "builtins", "__builtin__" })
        {
            Add(module, GlobalKind.PlainData, "set", "frozenset", "bytearray", "complex", "range", "xrange", "slice", "object");
            Add(module, GlobalKind.PlainData, "int", "float", "bool", "str", "bytes", "list", "tuple", "dict");
        }

        foreach (string module in new[] { "copyreg", "copy_reg" })
        {
            // They make an object of a class that stands beside them, and which is reported.
            Add(module, GlobalKind.PlainData, "_reconstructor", "__newobj__", "__newobj_ex__");
        }

        (string Storage, string[] Names, TensorDataType? Type, int Bytes)[] elements =
        [
            ("Float", ["float32", "float"], TensorDataType.Float32, 4),
            ("Half", ["float16", "half"], TensorDataType.Float16, 2),
            ("BFloat16", ["bfloat16"], TensorDataType.BFloat16, 2),
            ("Double", ["float64", "double"], TensorDataType.Float64, 8),
            ("Long", ["int64", "long"], TensorDataType.Int64, 8),
            ("Int", ["int32", "int"], TensorDataType.Int32, 4),
            ("Short", ["int16", "short"], TensorDataType.Int16, 2),
            ("Char", ["int8"], TensorDataType.Int8, 1),
            ("Byte", ["uint8"], TensorDataType.UInt8, 1),
            ("Bool", ["bool"], TensorDataType.Boolean, 1),
            ("ComplexFloat", ["complex64", "cfloat"], null, 8),
            ("ComplexDouble", ["complex128", "cdouble"], null, 16),
            ("QInt8", ["qint8"], null, 1),
            ("QUInt8", ["quint8"], null, 1),
            ("QInt32", ["qint32"], null, 4),
            ("QUInt4x2", ["quint4x2"], null, 1),
            ("QUInt2x4", ["quint2x4"], null, 1),
        ];
        foreach (var (storage, names, type, bytes) in elements)
        {
            // The second form is that of weights saved from a GPU by old versions of PyTorch.
            AddTyped("torch", $"{storage}Storage", GlobalKind.Storage, type, bytes);
            AddTyped("torch.cuda", $"{storage}Storage", GlobalKind.Storage, type, bytes);
            Add("torch", GlobalKind.TensorClass, $"{storage}Tensor");
            Add("torch.cuda", GlobalKind.TensorClass, $"{storage}Tensor");
            foreach (string name in names)
            {
                AddTyped("torch", name, GlobalKind.DataType, type, bytes);
            }
        }

        // Its elements are bytes; the dtype stands with the tensor.
        AddTyped("torch.storage", "UntypedStorage", GlobalKind.Storage, TensorDataType.UInt8, 1);
        AddTyped("torch", "UntypedStorage", GlobalKind.Storage, TensorDataType.UInt8, 1);
        string[] otherTypes =
        [
            "complex32", "uint16", "uint32", "uint64", "bits8", "bits16", "bits1x8", "bits2x4", "bits4x2", "float8_e5m2",
            "float8_e4m3fn", "float8_e5m2fnuz", "float8_e4m3fnuz", "float8_e8m0fnu", "float4_e2m1fn_x2",
        ];
        Add("torch", GlobalKind.DataType, otherTypes);
        for (int bits = 1; bits < 8; bits++)
        {
            Add("torch", GlobalKind.DataType, $"int{bits}", $"uint{bits}");
        }

        return globals;

        void Add(string module, GlobalKind kind, params string[] names) =>
            Array.ForEach(names, name => AddTyped(module, name, kind, null, 0));

        void AddTyped(string module, string name, GlobalKind kind, TensorDataType? type, int bytes) =>
            globals.Add((module, name), new PickleGlobal($"{module}.{name}", kind, type, bytes));
    }
}
