using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// Weights and an input that a formula gives, so that a whole network can be checked without a checkpoint. The expected
/// numbers (Data/formula_weights.json) come from the official implementation run in float64 with the same formula.
/// </summary>
internal static class FormulaWeights
{
    /// <summary>Every tensor that inference needs, by canonical name.</summary>
    public static Dictionary<string, float[]> For(MobileViTArchitecture architecture) => architecture.Tensors()
        .Where(static spec => spec.Kind != TensorKind.Counter)
        .ToDictionary(static spec => spec.Name, Fill);

    /// <summary>The values of one tensor.</summary>
    public static float[] Fill(TensorSpec spec)
    {
        ulong seed = Fnv1a64(spec.Name);
        float[] values = new float[spec.ElementCount];
        long fanIn = spec.Shape.Skip(1).Aggregate(1L, static (product, side) => product * side);
        double bound = Math.Sqrt(3.0 / fanIn);
        for (int i = 0; i < values.Length; i++)
        {
            double r = UnitInterval(seed + (ulong)i);
            values[i] = (float)(spec switch
            {
                { Shape.Count: > 1 } => ((2 * r) - 1) * bound,
                { Name: var name } when name.EndsWith(".running_var", StringComparison.Ordinal) => 0.5 + r,
                { Name: var name } when name.EndsWith(".weight", StringComparison.Ordinal) => 0.5 + r,
                _ => 0.2 * (r - 0.5),
            });
        }

        return values;
    }

    /// <summary>The input <c>[3, H, W]</c>: x[c, y, x] = ((31c + 7y + 13x) mod 256) / 255.</summary>
    public static float[] Input(int height, int width)
    {
        float[] input = new float[3 * height * width];
        for (int i = 0; i < input.Length; i++)
        {
            int x = i % width, y = i / width % height, c = i / (width * height);
            input[i] = (float)(((31 * c) + (7 * y) + (13 * x)) % 256 / 255.0);
        }

        return input;
    }

    public static ulong Fnv1a64(string text)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte value in System.Text.Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ value) * 0x100000001b3;
        }

        return hash;
    }

    private static double UnitInterval(ulong s)
    {
        ulong z = s + 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        z ^= z >> 31;
        return (z >> 11) * (1.0 / (1UL << 53));
    }
}
