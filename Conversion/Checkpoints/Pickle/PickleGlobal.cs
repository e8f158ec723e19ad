namespace MlNetMobileViT.Conversion;

/// <summary>A name that a pickle refers to. It is never looked up or called.</summary>
/// <param name="Name">The module and the name in it, joined by a dot.</param>
/// <param name="Kind">What the name means to the reader.</param>
/// <param name="DataType">The type of a storage's elements or that a dtype names; null where such elements are not read.</param>
/// <param name="ElementBytes">The size of an element of a storage class, in bytes.</param>
internal sealed record PickleGlobal(
    string Name, GlobalKind Kind, TensorDataType? DataType = null, int ElementBytes = 0);
