using System.Numerics.Tensors;

namespace MlNetMobileViT.Tool;

/// <summary>Groups of images that are nearly the same: all of a group are that much like its first.</summary>
internal static class NearDuplicates
{
    /// <summary>The cosine from which images are nearly the same, where nothing else is said.</summary>
    public const float DefaultThreshold = 0.95f;

    // Vectors of one image differ by rounding, and are to be the same at a threshold of 1.
    private const float Rounding = 1e-6f;

    // Vectors that are compared with the first of each group at once, and of them those that a thread has in its cache.
    private const int Chunk = 1024;
    private const int Tile = 8;

    /// <summary>Groups images, each with the most similar of the first images of groups before it, or as the first of a new group.</summary>
    /// <remarks>
    /// In their order, so that the result does not depend on threads. It takes time with the number of images times the number of
    /// groups.
    /// </remarks>
    /// <param name="vectors">The vectors.</param>
    /// <param name="numbers">The numbers of those to group, in their order.</param>
    /// <param name="threshold">The least cosine with the first of the group, in [-1, 1].</param>
    /// <param name="onGrouped">Told of each.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>For each image the first of its group, as an index into <paramref name="numbers"/>, and the cosine of the two.</returns>
    public static (int First, float Cosine)[] Find(
        UnitVectors vectors, IReadOnlyList<int> numbers, float threshold, Action onGrouped, CancellationToken cancellationToken)
    {
        var groups = new (int First, float Cosine)[numbers.Count];
        var firsts = new List<int>();
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        for (int start = 0; start < numbers.Count; start += Chunk)
        {
            int end = Math.Min(start + Chunk, numbers.Count);
            int before = firsts.Count;
            // One thread at a time has a tile, and writes its part of the result.
            Parallel.For(0, (end - start + Tile - 1) / Tile, options, tile =>
            {
                int from = start + (tile * Tile);
                int to = Math.Min(from + Tile, end);
                groups.AsSpan(from, to - from).Fill((-1, threshold - Rounding));
                for (int f = 0; f < before; f++)
                {
                    for (int i = from; i < to; i++)
                    {
                        Compare(i, firsts[f]);
                    }
                }
            });
            for (int i = start; i < end; i++)
            {
                for (int f = before; f < firsts.Count; f++)
                {
                    Compare(i, firsts[f]);
                }

                if (groups[i].First < 0)
                {
                    groups[i] = (i, 1);
                    firsts.Add(i);
                }

                onGrouped();
            }
        }

        return groups;

        void Compare(int image, int first)
        {
            float cosine = Math.Clamp(TensorPrimitives.Dot(vectors[numbers[image]], vectors[numbers[first]]), -1, 1);
            // Of equally similar ones, the one before stays. The first image that is similar enough may be so by rounding only.
            if (cosine > groups[image].Cosine || (groups[image].First < 0 && cosine >= groups[image].Cosine))
            {
                groups[image] = (first, cosine);
            }
        }
    }
}
