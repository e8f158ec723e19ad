namespace MlNetMobileViT.Conversion;

/// <summary>A name that a pickle refers to. It is never looked up or called.</summary>
/// <param name="Name">The module and the name in it, joined by a dot.</param>
/// <param name="Kind">What the name means to the reader.</param>
/// <param name="DataType">The type of a storage's elements or that a dtype names; null where such elements are not read.</param>
/// <param name="ElementBytes">The size of an element of a storage class, in bytes.</param>
internal sealed record PickleGlobal(
    string Name, GlobalKind Kind, TensorDataType? DataType = null, int ElementBytes = 0);

/// <summary>What a global means to the reader.</summary>
internal enum GlobalKind
{
    /// <summary>A name that is not known here: whatever is made with it is a <see cref="PickledObject"/>.</summary>
    Foreign,

    /// <summary>A name of plain data that stands beside weights: as <see cref="Foreign"/>, but not worth a report.</summary>
    PlainData,

    /// <summary>A function that makes a tensor of a kind that no MobileViT has: sparse, quantised, without values.</summary>
    OtherTensor,

    /// <summary>The class of a dictionary: made empty, of pairs, or of another dictionary.</summary>
    Dictionary,

    /// <summary>The class of a dictionary with a function for missing keys, which is not called.</summary>
    DefaultDictionary,

    /// <summary>The class of a shape: a tuple of integers.</summary>
    Size,

    /// <summary>The function that makes a tensor from a storage, an offset, a shape and strides.</summary>
    RebuildTensor,

    /// <summary>The function that makes a tensor from the bytes of a storage, as the one above, and a dtype.</summary>
    RebuildTensorOfType,

    /// <summary>A function or class that makes a parameter from a tensor.</summary>
    RebuildParameter,

    /// <summary>The function that calls another one, and makes the tensor that it gives one of a class.</summary>
    RebuildFromType,

    /// <summary>A class of tensors.</summary>
    TensorClass,

    /// <summary>A storage class, used to name the type of a storage's elements.</summary>
    Storage,

    /// <summary>A dtype.</summary>
    DataType,
}
