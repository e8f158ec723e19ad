namespace MlNetMobileViT.Conversion;

/// <summary>A tensor as a pickle describes it; nothing about it has been checked yet.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Sizes, long[] Strides);
