namespace MlNetMobileViT.Conversion;

/// <summary>The tensors of a checkpoint under the names of its layout and family.</summary>
internal sealed class SourceTensors(Checkpoint checkpoint, CheckpointLayout layout, MobileViTFamily family)
{
    private readonly Dictionary<string, CheckpointTensor> _tensors =
        checkpoint.Tensors.ToDictionary(static tensor => tensor.Name, StringComparer.Ordinal);

    public CheckpointLayout Layout { get; } = layout;

    public MobileViTFamily Family { get; } = family;

    public CheckpointTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>A dimension of a tensor, or <see langword="null"/> where there is no such tensor or dimension.</summary>
    public int? Dimension(LayoutName name, int axis) =>
        Find(name.In(Layout)[0]) is { } tensor && axis < tensor.Shape.Count ? tensor.Shape[axis] : null;

    /// <summary>The shape that each of the tensors that hold a canonical one must have.</summary>
    public static int[] PartShape(TensorSpec spec, int parts) =>
        spec.Shape.Count == 0 ? [] : [spec.Shape[0] / parts, .. spec.Shape.Skip(1)];

    /// <summary>The number of tensors that are there in the shape that an architecture gives them.</summary>
    public int CountMatches(MobileViTArchitecture architecture) =>
        architecture.Tensors().Count(spec =>
        {
            string[] names = spec.Names.In(Layout);
            int[] shape = PartShape(spec, names.Length);
            return Array.TrueForAll(names, name => Find(name) is { } tensor && tensor.Shape.SequenceEqual(shape));
        });
}
