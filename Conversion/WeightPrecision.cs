namespace MlNetMobileViT.Conversion;

/// <summary>How a converted file stores the weights.</summary>
public enum WeightPrecision
{
    /// <summary>32 bits a weight: the weights of the checkpoint, exactly.</summary>
    Float32,

    /// <summary>
    /// 16 bits a weight, half the file. The graph widens them to 32 bits, which ONNX Runtime does once when it loads the
    /// model: activations and speed are those of <see cref="Float32"/>.
    /// </summary>
    Float16,
}
