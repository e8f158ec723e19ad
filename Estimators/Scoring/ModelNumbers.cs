using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetMobileViT;

/// <summary>A model gives numbers: NaN and infinity are no result, and a row that has them has an error instead.</summary>
internal static class ModelNumbers
{
    /// <summary>Whether all values are numbers.</summary>
    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        // Zero times a number is zero, and NaN for all else, which stays NaN whatever is added to it.
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> sums = Vector<float>.Zero;
        foreach (Vector<float> vector in vectors)
        {
            sums += vector * Vector<float>.Zero;
        }

        float sum = Vector.Sum(sums);
        foreach (float value in values[(vectors.Length * Vector<float>.Count)..])
        {
            sum += value * 0;
        }

        return !float.IsNaN(sum);
    }

    /// <summary>The index of the first output that has values which are no numbers; negative where there is none.</summary>
    public static int FindBad(IReadOnlyList<ModelOutput> outputs, ImageOutputs values)
    {
        for (int i = 0; i < outputs.Count; i++)
        {
            if (!AreFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>What is wrong with a row that has values which are not finite.</summary>
    /// <param name="output">The name of the output, one of <see cref="ModelOutputs"/>.</param>
    /// <param name="values">Its values.</param>
    /// <param name="image">What to call the image; see <see cref="ImageSource.NameOf"/>.</param>
    public static InvalidDataException Error(string output, ReadOnlySpan<float> values, string image)
    {
        int nan = 0, infinite = 0;
        foreach (float value in values)
        {
            nan += float.IsNaN(value) ? 1 : 0;
            infinite += float.IsInfinity(value) ? 1 : 0;
        }

        string found = string.Create(
            CultureInfo.InvariantCulture,
            $"{nan + infinite} of {values.Length} values are {(nan == 0 ? "infinite" : infinite == 0 ? "NaN" : "NaN or infinite")}");
        return new InvalidDataException(
            $"The model gives no numbers for {image}: in its output '{output}', {found}. Its weights hold NaN or are too large: "
            + "convert the checkpoint again, without --float16 where that was given; where that does not help, the checkpoint "
            + "itself is damaged.");
    }
}
