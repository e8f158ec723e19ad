namespace MlNetMobileViT.Conversion;

/// <summary>A tensor that the official state dict of an architecture holds.</summary>
/// <param name="Names">What it is called in every layout.</param>
/// <param name="Shape">The shape, as PyTorch has it: <c>[out, in / groups, kH, kW]</c>, <c>[out, in]</c>, <c>[channels]</c>.</param>
/// <param name="Kind">What the tensor is for.</param>
internal sealed record TensorSpec(LayoutName Names, IReadOnlyList<int> Shape, TensorKind Kind)
{
    /// <summary>The canonical name, which is the official (CVNets) one.</summary>
    public string Name => Names.Cvnets;

    /// <summary>The number of elements.</summary>
    public long ElementCount => Shape.Aggregate(1L, static (product, side) => product * side);
}

/// <summary>The size of a dimension of a checkpoint's tensor, or null where there is no such tensor or dimension.</summary>
internal delegate int? TensorDimension(LayoutName tensor, int axis);

/// <summary>What a tensor of a state dict is for.</summary>
internal enum TensorKind
{
    /// <summary>A trained parameter.</summary>
    Parameter,

    /// <summary>A running mean or variance of a batch norm: needed, but not counted as a parameter.</summary>
    Statistic,

    /// <summary>A counter of training steps (<c>num_batches_tracked</c>), which inference has no use for.</summary>
    Counter,
}
