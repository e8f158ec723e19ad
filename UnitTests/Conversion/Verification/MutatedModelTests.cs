using Google.Protobuf;
using Google.Protobuf.Collections;
using MlNetMobileViT.Conversion;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>A damaged or lying model file is refused with one sentence, fails a check, or is good; nothing else happens.</summary>
[TestClass]
public sealed class MutatedModelTests
{
    private const int Files = 75;

    // Half of the files are damaged anywhere, which mostly hits weights; in the other half the description of the graph lies.
    private static readonly Action<ModelProto, Random>[] Lies =
    [
        static (model, random) => Replace(Pick(model.Graph.Initializer, random).Dims, random),
        static (model, random) => Pick(model.Graph.Initializer, random).DataType = random.Next(20),
        static (model, random) => Pick(model.Graph.Input[0].Type.TensorType.Shape.Dim, random).DimValue = Extreme(random),
        static (model, random) => Pick(Pick(model.Graph.Output, random).Type.TensorType.Shape.Dim, random).DimValue = Extreme(random),
        static (model, random) => model.Graph.Input[0].Type.TensorType.ElemType = random.Next(20),
        static (model, random) => model.Graph.Node.RemoveAt(random.Next(model.Graph.Node.Count)),
        static (model, random) => Replace(Pick(Pick(model.Graph.Node, random).Attribute, random)?.Ints, random),
        static (model, random) => Pick(model.MetadataProps, random).Value = new string('[', random.Next(5000)),
        static (model, random) => ReplaceSize(Pick([.. model.Graph.Initializer.Where(IsInteger)], random), random),
    ];

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task No_model_file_crashes_inspect_or_verify(bool isV2)
    {
        byte[] file = TestModels.Formula(isV2 ? TestModels.TinyV2 : TestModels.Tiny, new GraphStyle(64, 64)).ToByteArray();
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("model.onnx");
        var outcomes = new HashSet<int>();
        for (int seed = 0; seed < Files; seed++)
        {
            File.WriteAllBytes(path, seed % 2 == 0 ? Mutation.Of(file, seed) : Lie(file, seed));
            foreach (string command in new[] { "inspect", "verify" })
            {
                var run = await CommandRun.Of(command, path);
                Assert.IsFalse(run.Error.Contains("Exception", StringComparison.Ordinal), $"seed {seed}: {run.Error}");
                if (run.ExitCode == ExitCodes.Unusable)
                {
                    run.AssertRefused(path);
                }

                outcomes.Add(run.ExitCode);
            }
        }

        Assert.HasCount(3, outcomes);
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Root));
    }

    private static byte[] Lie(byte[] file, int seed)
    {
        var model = ModelProto.Parser.ParseFrom(file);
        var random = new Random(seed);
        Pick(Lies, random)(model, random);
        return model.ToByteArray();
    }

    private static bool IsInteger(TensorProto tensor) => tensor.DataType == (int)TensorProto.Types.DataType.Int64;

    private static T Pick<T>(IList<T> items, Random random) => items.Count == 0 ? default! : items[random.Next(items.Count)];

    private static long Extreme(Random random) => Pick([-1, 0, 1, 3, 1_000_000, int.MaxValue, 1L << 33, long.MaxValue], random);

    private static void Replace(RepeatedField<long>? numbers, Random random)
    {
        if (numbers is { Count: > 0 })
        {
            numbers[random.Next(numbers.Count)] = Extreme(random);
        }
    }

    private static void ReplaceSize(TensorProto sizes, Random random)
    {
        byte[] bytes = sizes.RawData.ToByteArray();
        BitConverter.TryWriteBytes(bytes.AsSpan(sizeof(long) * random.Next(bytes.Length / sizeof(long))), Extreme(random));
        sizes.RawData = ByteString.CopyFrom(bytes);
    }
}
