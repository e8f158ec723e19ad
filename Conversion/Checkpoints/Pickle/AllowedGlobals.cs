namespace MlNetMobileViT.Conversion.Checkpoints.Pickle;

/// <summary>
/// The names that a checkpoint's pickle may refer to, all of them. None is ever looked up or called: each stands for a few
/// lines of this reader.
/// </summary>
internal static class AllowedGlobals
{
    private static readonly Dictionary<string, PickleGlobal> ByName = Create();

    public static PickleGlobal? Find(string module, string name) => ByName.GetValueOrDefault($"{module}.{name}");

    private static Dictionary<string, PickleGlobal> Create()
    {
        List<PickleGlobal> globals =
        [
            new("collections.OrderedDict", GlobalKind.OrderedDictionary),
            new("torch._utils._rebuild_tensor_v2", GlobalKind.RebuildTensor),
            new("torch._utils._rebuild_parameter", GlobalKind.RebuildParameter),
        ];
        (string Name, TensorDataType Type)[] storages =
        [
            ("FloatStorage", TensorDataType.Float32),
            ("HalfStorage", TensorDataType.Float16),
            ("BFloat16Storage", TensorDataType.BFloat16),
            ("DoubleStorage", TensorDataType.Float64),
            ("LongStorage", TensorDataType.Int64),
            ("IntStorage", TensorDataType.Int32),
            ("ShortStorage", TensorDataType.Int16),
            ("CharStorage", TensorDataType.Int8),
            ("ByteStorage", TensorDataType.UInt8),
            ("BoolStorage", TensorDataType.Boolean),
        ];
        foreach (var (name, type) in storages)
        {
            // The second form is that of weights saved from a GPU by old versions of PyTorch.
            globals.Add(new PickleGlobal($"torch.{name}", GlobalKind.Storage, type));
            globals.Add(new PickleGlobal($"torch.cuda.{name}", GlobalKind.Storage, type));
        }

        return globals.ToDictionary(global => global.Name);
    }
}
