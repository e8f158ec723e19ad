using System.Numerics.Tensors;

namespace MlNetMobileViT.Tool;

/// <summary>The features of images [N, C], each scaled to length 1, so that the cosine of two is their dot product.</summary>
/// <param name="dimensions">C, the number of features.</param>
internal abstract class UnitVectors(int dimensions) : IDisposable
{
    public int Dimensions { get; } = dimensions;

    /// <summary>N, the number of vectors; they are numbered from 0.</summary>
    public abstract int Count { get; }

    public abstract ReadOnlySpan<float> this[int number] { get; }

    /// <summary>Features at length 1; those that are all zero have no direction, stay zero, and are like nothing.</summary>
    public static float[] Scale(ReadOnlySpan<float> features)
    {
        float[] unit = new float[features.Length];
        // The largest first: squares of features beyond 1e19 are no floats any more.
        float largest = TensorPrimitives.MaxMagnitude(features);
        if (largest != 0)
        {
            TensorPrimitives.Divide(features, Math.Abs(largest), unit);
            TensorPrimitives.Divide(unit, TensorPrimitives.Norm<float>(unit), unit);
        }

        return unit;
    }

    public virtual void Dispose()
    {
    }
}

/// <summary>Vectors in memory.</summary>
/// <param name="dimensions">The number of features.</param>
internal sealed class MemoryVectors(int dimensions) : UnitVectors(dimensions)
{
    private readonly List<float[]> _vectors = [];

    public override int Count => _vectors.Count;

    public override ReadOnlySpan<float> this[int number] => _vectors[number];

    /// <summary>Adds features as the vector of the next number.</summary>
    public void Add(ReadOnlySpan<float> features) => _vectors.Add(Scale(features));
}
