namespace MlNetMobileViT.Conversion;

/// <summary>The checks that a tensor's shape, strides and offset must pass before anything is read through them.</summary>
internal static class TensorBounds
{
    private const int MaxRank = 16;

    /// <summary>Converts a shape, or says what is wrong with it.</summary>
    /// <param name="sizes">The lengths of the dimensions, as the file has them.</param>
    /// <param name="maxElements">The largest acceptable number of elements.</param>
    /// <param name="shape">The shape; empty when the method returns a problem.</param>
    /// <param name="elements">The number of elements.</param>
    /// <returns><see langword="null"/>, or the end of a sentence about the tensor.</returns>
    public static string? CheckShape(ReadOnlySpan<long> sizes, long maxElements, out int[] shape, out long elements)
    {
        shape = [];
        elements = 0;
        if (sizes.Length > MaxRank)
        {
            return $"has {sizes.Length} dimensions, more than {MaxRank}";
        }

        bool isEmpty = sizes.Contains(0);
        Int128 product = 1;
        foreach (long size in sizes)
        {
            if (size < 0)
            {
                return FormattableString.Invariant($"has a negative dimension, {size}");
            }

            product *= isEmpty ? 0 : size;
            if (size > int.MaxValue || product > maxElements)
            {
                return $"claims the shape [{string.Join(", ", sizes.ToArray())}], more elements than the file can hold";
            }
        }

        shape = Array.ConvertAll(sizes.ToArray(), static size => (int)size);
        elements = (long)product;
        return null;
    }

    /// <summary>Checks that every element of a strided tensor lies within its storage.</summary>
    /// <param name="shape">A shape that <see cref="CheckShape"/> has accepted.</param>
    /// <param name="strides">The distance between neighbours along each dimension, in elements.</param>
    /// <param name="offset">The index of the first element.</param>
    /// <param name="storageElements">The number of elements in the storage.</param>
    /// <returns><see langword="null"/>, or the end of a sentence about the tensor.</returns>
    public static string? CheckStrides(int[] shape, ReadOnlySpan<long> strides, long offset, long storageElements)
    {
        if (strides.Length != shape.Length)
        {
            return $"has {shape.Length} dimensions but {strides.Length} strides";
        }

        if (offset < 0 || offset > storageElements)
        {
            return FormattableString.Invariant($"begins at element {offset} of a storage of {storageElements}");
        }

        Int128 last = offset;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (strides[axis] < 0)
            {
                return FormattableString.Invariant($"has a negative stride, {strides[axis]}");
            }

            last += (Int128)strides[axis] * (shape[axis] - 1);
        }

        return !shape.Contains(0) && last >= storageElements
            ? $"reaches element {last} of a storage of {storageElements}"
            : null;
    }

    /// <summary>Whether the elements lie one after the other in row-major order.</summary>
    public static bool IsContiguous(int[] shape, long[] strides) =>
        shape.Zip(strides, ContiguousStrides(shape)).All(static axis => axis.First == 1 || axis.Second == axis.Third);

    /// <summary>The strides of a row-major tensor.</summary>
    public static long[] ContiguousStrides(int[] shape)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }
}
