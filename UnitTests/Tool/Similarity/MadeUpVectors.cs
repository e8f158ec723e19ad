using System.Globalization;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>Features that are made up: around some centres, as those of images are.</summary>
internal static class MadeUpVectors
{
    public const int Dimensions = 16;

    public static float[][] Clustered(int count, int seed = 1, float spread = 0.3f)
    {
        var random = new Random(seed);
        float[][] centres = [.. Enumerable.Range(0, 20).Select(_ => Noise(random, 1))];
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            float[] centre = centres[random.Next(centres.Length)];
            return centre.Zip(Noise(random, spread), static (a, b) => a + b).ToArray();
        })];
    }

    public static MemoryVectors Of(IEnumerable<float[]> features)
    {
        var vectors = new MemoryVectors(Dimensions);
        foreach (float[] row in features)
        {
            vectors.Add(row);
        }

        return vectors;
    }

    public static string PathOf(int number) => Path.GetFullPath(string.Create(CultureInfo.InvariantCulture, $"/made-up/{number}.jpg"));

    /// <summary>The cosine, computed in the plain way.</summary>
    public static double Cosine(float[] a, float[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(float[] a, float[] b) => a.Zip(b, static (x, y) => (double)x * y).Sum();

    private static float[] Noise(Random random, float spread) =>
        [.. Enumerable.Range(0, Dimensions).Select(_ => spread * (float)((2 * random.NextDouble()) - 1))];
}
