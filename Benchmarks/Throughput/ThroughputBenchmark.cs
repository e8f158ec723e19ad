using System.Diagnostics;
using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Benchmarks;

/// <summary>
/// Photos per second from files to logits: what a user would write with ML.NET alone, this library's pipeline, and the bound
/// that the processors set.
/// </summary>
/// <remarks>
/// Every measurement is a process of its own, and the contenders take turns, so that a machine that is slow for a while is
/// slow for all of them. The numbers are medians over the rounds.
/// </remarks>
internal static class ThroughputBenchmark
{
    private const int MemoryRows = 20_000;
    private const int FewRows = 1_000;
    private const int MemoryRounds = 3;

    /// <summary>Compares the contenders and prints a table for each variant.</summary>
    /// <param name="rounds">How often each is measured.</param>
    public static void Run(int rounds) => WithPhotos((folder, photos) =>
    {
        Console.WriteLine($"{photos.Length} photos, {Environment.ProcessorCount} processors, median of {rounds} rounds");
        foreach ((string name, string model, string? peer) in Models(folder))
        {
            string eightBit = Path.ChangeExtension(Path.Combine(folder, Path.GetFileName(model)), ".int8.onnx");
            CalibrationImage[] images = [.. photos.Select(static photo => new CalibrationImage(photo))];
            MobileViTQuantizer.QuantizeAsync(model, eightBit, images, new() { Level = QuantizationLevel.Full }).GetAwaiter().GetResult();
            Compare(name, model, eightBit, peer, photos, rounds);
        }
    });

    /// <summary>Measures the pipeline with every published variant, in random weights, and prints a table.</summary>
    /// <param name="rounds">How often each is measured.</param>
    public static void RunVariants(int rounds) => WithPhotos((folder, photos) =>
    {
        MobileViTArchitecture[] variants = [.. MobileViTVariants.Names.Select(MobileViTVariants.Get)];
        string File(MobileViTArchitecture variant) => Path.Combine(folder, $"{MobileViTVariants.NameOf(variant)}.onnx");
        foreach (MobileViTArchitecture variant in variants)
        {
            RandomModel.Write(File(variant), variant, RandomModel.Weights(variant));
        }

        var perSecond = variants.ToDictionary(static variant => variant, static _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (MobileViTArchitecture variant in variants)
            {
                perSecond[variant].Add(Measure(Contender.Pipeline, File(variant), photos.Length, photos).PerSecond);
            }
        }

        Console.WriteLine($"{photos.Length} photos, {Environment.ProcessorCount} processors, median of {rounds} rounds");
        Console.WriteLine("| variant | parameters | multiply-accumulates | images/s |");
        Console.WriteLine("| --- | --: | --: | --: |");
        foreach (MobileViTArchitecture variant in variants)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {MobileViTVariants.NameOf(variant)} | {variant.ParameterCount:N0} | {MobileViTNetwork.CountMacs(variant, 256, 256) / 1e9:F2} G | {Median(perSecond[variant]):F1} |"));
        }
    });

    /// <summary>Measures the pipeline over numbers of threads and of images a run, for the defaults of the options.</summary>
    /// <param name="rounds">How often each is measured.</param>
    public static void RunSweep(int rounds) => WithPhotos((folder, photos) =>
    {
        int[] threadCounts = [1, Environment.ProcessorCount, 2 * Environment.ProcessorCount];
        int[] batches = [1, 2, 4, 8];
        (int Threads, int Batch)[] settings = [.. from threads in threadCounts.Distinct() from batch in batches select (threads, batch)];
        foreach ((string name, string model, _) in Models(folder))
        {
            var perSecond = settings.ToDictionary(static setting => setting, static _ => new List<double>());
            for (int round = 0; round < rounds; round++)
            {
                foreach ((int threads, int batch) in settings)
                {
                    perSecond[(threads, batch)].Add(
                        Measure(Contender.Pipeline, model, photos.Length, photos, threads, batch).PerSecond);
                }
            }

            Console.WriteLine();
            Console.WriteLine($"| {name}, images/s | {string.Join(" | ", batches.Select(static batch => $"batch {batch}"))} |");
            Console.WriteLine($"| -- |{string.Concat(batches.Select(static _ => " --: |"))}");
            foreach (int threads in threadCounts.Distinct())
            {
                var cells = batches.Select(batch => Median(perSecond[(threads, batch)]).ToString("F1", CultureInfo.InvariantCulture));
                Console.WriteLine($"| {threads} threads | {string.Join(" | ", cells)} |");
            }
        }
    });

    /// <summary>Compares the peak of memory for few rows and for many.</summary>
    public static void RunMemory() => WithPhotos((folder, photos) =>
    {
        (string name, string model, _) = Models(folder).First();
        double Peak(int rows) => Median(
            Enumerable.Range(0, MemoryRounds).Select(_ => Measure(Contender.Pipeline, model, rows, photos).PeakMegabytes));
        double few = Peak(FewRows), many = Peak(MemoryRows);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: peak {few:F0} MB for {FewRows} images, {many:F0} MB for {MemoryRows}: {many / few:P1} (medians of {MemoryRounds})"));
    });

    internal static void WithPhotos(Action<string, string[]> measure)
    {
        string folder = Directory.CreateTempSubdirectory("mobilevit-throughput-").FullName;
        try
        {
            measure(folder, Photos.Find(Shared(), folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(string name, string model, string eightBit, string? peer, string[] photos, int rounds)
    {
        Contender[] contenders = [.. Enum.GetValues<Contender>().Where(contender => contender != Contender.PlainPeer || peer is not null)];
        var results = contenders.ToDictionary(static contender => contender, static _ => new List<(double PerSecond, double PeakMegabytes)>());
        var first = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            foreach (Contender contender in contenders)
            {
                string file = contender switch
                {
                    Contender.PlainPeer => peer!,
                    Contender.EightBit => eightBit,
                    _ => model,
                };
                results[contender].Add(Measure(contender, file, photos.Length, photos));
            }

            first.Add(double.Parse(Child(["first", model, photos[0]]), CultureInfo.InvariantCulture));
        }

        double PerSecond(Contender contender) => Median(results[contender].Select(static result => result.PerSecond));
        double plain = PerSecond(contenders[0]);
        double bound = Environment.ProcessorCount * PerSecond(Contender.SingleThread);
        Console.WriteLine();
        Console.WriteLine($"| {name} | images/s | of plain | of bound | peak MB |");
        Console.WriteLine("| -- | --: | --: | --: | --: |");
        foreach (Contender contender in contenders.Where(static contender => contender != Contender.SingleThread))
        {
            double perSecond = PerSecond(contender);
            double peak = Median(results[contender].Select(static result => result.PeakMegabytes));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {Title(contender)} | {perSecond:F1} | {perSecond / plain:F2} | {perSecond / bound:P0} | {peak:F0} |"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| bound: {Environment.ProcessorCount} × {bound / Environment.ProcessorCount:F1}, one thread alone | {bound:F1} | {bound / plain:F2} | 100 % | |"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"First prediction of a fresh process after {Median(first):F0} ms."));
    }

    private static string Title(Contender contender) => contender switch
    {
        Contender.PlainPeer => "plain ML.NET, torch export",
        Contender.PlainOurs => "plain ML.NET, converted model",
        Contender.EightBit => "MlNetMobileViT, 8 bits",
        _ => "MlNetMobileViT",
    };

    /// <summary>The converted variants with their torch exports where the reference data is there, or else the demo model.</summary>
    internal static IEnumerable<(string Name, string Model, string? Peer)> Models(string folder)
    {
        string reference = Path.Combine(Shared(), "reference");
        if (!Directory.Exists(reference))
        {
            yield return ("demo (XXS, 128×128)", Path.Combine(RepositoryRoot(), "Tool", "Demo", "mobilevit_xxs_shapes.onnx"), null);
            yield break;
        }

        foreach (string variant in (string[])["xxs", "s"])
        {
            string model = Path.Combine(folder, $"{variant}.onnx");
            MobileViTConverter.Convert(
                Path.Combine(reference, "checkpoints", $"mobilevit_{variant}.pt"), model, new ConversionOptions());
            yield return (
                variant.ToUpperInvariant(), model, Path.Combine(reference, "peers", $"mobilevit_{variant}.torch_export.onnx"));
        }
    }

    private static (double PerSecond, double PeakMegabytes) Measure(
        Contender contender, string model, int rows, string[] photos, int threads = 0, int batch = 1)
    {
        IEnumerable<string> numerals = ((int[])[threads, batch, rows]).Select(static number => number.ToString(CultureInfo.InvariantCulture));
        string[] numbers = Child(["measure", contender.ToString(), model, .. numerals, .. photos]).Split(' ');
        return (
            double.Parse(numbers[0], CultureInfo.InvariantCulture),
            double.Parse(numbers[1], CultureInfo.InvariantCulture) / (1 << 20));
    }

    private static string Child(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["throughput-child", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"A measurement ended with exit code {process.ExitCode}.");
    }

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Shared() => Path.Combine(RepositoryRoot(), "..", "shared");

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MlNetMobileViT.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No MlNetMobileViT.sln above '{AppContext.BaseDirectory}'.");
    }
}
