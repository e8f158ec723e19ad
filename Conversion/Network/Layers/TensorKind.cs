namespace MlNetMobileViT.Conversion;

/// <summary>What a tensor of a state dict is for.</summary>
public enum TensorKind
{
    /// <summary>A trained parameter.</summary>
    Parameter,

    /// <summary>A running mean or variance of a batch norm: needed, but not counted as a parameter.</summary>
    Statistic,

    /// <summary>A counter of training steps (<c>num_batches_tracked</c>), which inference has no use for.</summary>
    Counter,
}
