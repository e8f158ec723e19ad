using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.Benchmarks;

/// <summary>
/// An index of made-up features: how long it takes to make, how large it is, how much of what is nearest it finds, and how fast, beside a
/// search of everything.
/// </summary>
internal static class IndexBenchmark
{
    // MobileViT-XXS has 320 features.
    private const int Dimensions = 320;
    private const int Queries = 200;
    private const int Count = 10;
    private const int MostNoise = 250_000;
    private const int Grouped = 50_000;

    /// <summary>Makes indexes of features that cluster, as those of images do, and of noise, which no graph is good at, and measures both.</summary>
    public static void Run(TextWriter output, int vectors)
    {
        Measure(output, "clusters", new Clusters(centres: 1000, intrinsic: 32), vectors);
        Measure(output, "noise", new Noise(), Math.Min(vectors, MostNoise));
    }

    private static void Measure(TextWriter output, string name, IGenerator generator, int vectors)
    {
        string path = Directory.CreateTempSubdirectory("mobilevit-index-").FullName;
        try
        {
            var terminal = new Terminal(TextReader.Null, output, Console.Error);
            var folder = new IndexFolder(path);
            var settings = IndexSettings.Of("made up", new("model", "made up"), new ModelOutput("features", [Dimensions]));
            var random = new Random(1);
            using (var writer = new FeatureIndexWriter(terminal, folder, settings))
            {
                double adding = Seconds(() =>
                {
                    float[] vector = new float[Dimensions];
                    for (int i = 0; i < vectors; i++)
                    {
                        generator.Fill(random, vector);
                        writer.Add(Path.Combine(path, i.ToString(CultureInfo.InvariantCulture)), "", vector);
                    }
                });
                double making = Seconds(() => writer.MakeGraphs(0, CancellationToken.None));
                long graphs = folder.Graphs().Sum(file => new FileInfo(file).Length);
                long features = new FileInfo(folder.Features).Length;
                Write(output, $"{name}, {vectors:N0} vectors of {Dimensions}: made up and added in {adding:0} s");
                Write(output, $"  graphs in {making:0} s, {graphs / 1e6:0} MB beside {features / 1e6:0} MB of features");
            }

            double reopening = Seconds(() => new FeatureIndexWriter(terminal, folder, settings).Dispose());
            Write(output, $"  opened to add to it, with every vector checked: {reopening:0.0} s");
            ImageQuery[] queries = [.. Enumerable.Range(0, Queries).Select(i =>
            {
                float[] vector = new float[Dimensions];
                generator.Fill(random, vector);
                return new ImageQuery(Invariant($"query {i}"), UnitVectors.Scale(vector));
            })];
            FeatureIndex? index = null;
            double opening = Seconds(() => index = new FeatureIndex(terminal, folder, isSearched: true));
            using (index)
            {
                var exact = new NearestSearch(index!.Vectors, index.Paths) { BlockSize = folder.BlockSize };
                Neighbor[][] truth = exact.Find(queries, Count, CancellationToken.None);
                Neighbor[][] found = index.Search.Find(queries, Count, CancellationToken.None);
                double recall = truth.Zip(found, (all, some) => all.Intersect(some).Count()).Sum() / (double)(Queries * Count);
                double one = Median(() => index.Search.Find(queries[..1], Count, CancellationToken.None));
                double oneExact = Median(() => exact.Find(queries[..1], Count, CancellationToken.None));
                double many = Median(() => index.Search.Find(queries, Count, CancellationToken.None)) / Queries;
                double manyExact = Median(() => exact.Find(queries, Count, CancellationToken.None)) / Queries;
                Write(output, $"  opened to search in {opening:0.00} s; recall@{Count} {recall:0.0000} over {Queries} queries");
                Write(output, $"  one query: {one * 1e3:0.0} ms, all compared {oneExact * 1e3:0.0} ms");
                Write(output, $"  of {Queries} queries each {many * 1e3:0.0} ms, all compared {manyExact * 1e3:0.0} ms");
                int[] numbers = [.. index.Numbers.Take(Grouped)];
                double grouping = Seconds(() => NearDuplicates.Find(
                    index.Vectors, numbers, NearDuplicates.DefaultThreshold, static () => { }, CancellationToken.None));
                Write(output, $"  {numbers.Length:N0} of them in groups of near duplicates: {grouping:0.0} s");
            }
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void Write(TextWriter output, FormattableString line) => output.WriteLine(Invariant(line));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(Action work)
    {
        double[] seconds = [.. Enumerable.Range(0, 5).Select(_ => Seconds(work)).Order()];
        return seconds[seconds.Length / 2];
    }

    private interface IGenerator
    {
        void Fill(Random random, float[] vector);
    }

    private sealed class Noise : IGenerator
    {
        public void Fill(Random random, float[] vector)
        {
            for (int i = 0; i < vector.Length; i++)
            {
                vector[i] = Normal(random);
            }
        }

        public static float Normal(Random random) =>
            (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    /// <summary>Points around centres, each in few of the directions, which differ from centre to centre as classes do.</summary>
    private sealed class Clusters : IGenerator
    {
        private readonly float[][] _centres;
        private readonly float[][] _directions;
        private readonly int _intrinsic;

        public Clusters(int centres, int intrinsic)
        {
            var random = new Random(0);
            _intrinsic = intrinsic;
            _centres = [.. Enumerable.Range(0, centres).Select(_ => Vector(random))];
            _directions = [.. Enumerable.Range(0, 8 * intrinsic).Select(_ => Vector(random))];
        }

        public void Fill(Random random, float[] vector)
        {
            int centre = random.Next(_centres.Length);
            _centres[centre].CopyTo(vector);
            for (int i = 0; i < _intrinsic; i++)
            {
                float step = 0.25f * Noise.Normal(random);
                TensorPrimitives.MultiplyAdd(_directions[(centre + (i * 7)) % _directions.Length], step, vector, vector);
            }
        }

        private static float[] Vector(Random random)
        {
            float[] vector = new float[Dimensions];
            new Noise().Fill(random, vector);
            return vector;
        }
    }
}
