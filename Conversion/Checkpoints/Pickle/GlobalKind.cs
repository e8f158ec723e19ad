namespace MlNetMobileViT.Conversion.Checkpoints.Pickle;

/// <summary>What a reference to an allowed global means to the reader.</summary>
internal enum GlobalKind
{
    /// <summary>The class of an ordered dictionary.</summary>
    OrderedDictionary,

    /// <summary>The function that makes a tensor from a storage, an offset, a shape and strides.</summary>
    RebuildTensor,

    /// <summary>The function that makes a parameter from a tensor.</summary>
    RebuildParameter,

    /// <summary>A storage class, used to name the type of a storage's elements.</summary>
    Storage,
}
