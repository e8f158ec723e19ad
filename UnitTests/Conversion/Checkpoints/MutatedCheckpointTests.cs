using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// Thousands of damaged files. Each is read to the last value or refused with one sentence that names it; none makes the
/// reader throw anything else, run on, or allocate more than a bound. The damage comes from seeded generators, so a failure
/// names the seed that repeats it.
/// </summary>
[TestClass]
internal sealed class MutatedCheckpointTests
{
    private const int RandomMutations = 600;

    // Both have generous room for what is thrown and formatted once per file; a file here has about 1.5 KB.
    private const long BaseAllocation = 200_000;
    private const long AllocationPerByte = 200;

    [TestMethod]
    [DataRow(CheckpointContainer.PyTorchZip)]
    [DataRow(CheckpointContainer.PyTorchLegacy)]
    [DataRow(CheckpointContainer.Safetensors)]
    public void A_file_cut_off_anywhere_is_refused(CheckpointContainer container)
    {
        using var trial = new Trial();
        byte[] file = Sample(container);
        Assert.IsTrue(trial.Survives(file, "the whole file"));
        for (int length = 0; length < file.Length; length++)
        {
            Assert.IsFalse(trial.Survives(file[..length], $"cut to {length}"), $"A file of {length} bytes was read.");
        }
    }

    [TestMethod]
    [DataRow(CheckpointContainer.PyTorchZip)]
    [DataRow(CheckpointContainer.PyTorchLegacy)]
    [DataRow(CheckpointContainer.Safetensors)]
    public void Damaged_files_are_read_or_refused(CheckpointContainer container)
    {
        using var trial = new Trial();
        byte[] file = Sample(container);
        for (int seed = 0; seed < RandomMutations; seed++)
        {
            trial.Survives(Mutation.Of(file, seed), $"{container}, seed {seed}");
        }

        Assert.IsGreaterThan(RandomMutations / 4, trial.Refused);
    }

    [TestMethod]
    public void Damaged_pickles_in_sound_archives_are_read_or_refused()
    {
        using var trial = new Trial();
        var entries = CheckpointWriter.ZipEntries(Root());
        byte[] pickle = entries[0].Content;
        for (int seed = 0; seed < 2 * RandomMutations; seed++)
        {
            // The checksum is made anew: otherwise it would be all that is tested.
            entries[0] = entries[0] with { Content = Mutation.Of(pickle, seed) };
            trial.Survives(ZipWriter.Write(entries), $"pickle, seed {seed}");
        }

        Assert.IsGreaterThan(RandomMutations / 4, trial.Refused);
    }

    [TestMethod]
    public void Every_byte_of_a_pickle_may_be_any_opcode()
    {
        using var trial = new Trial();
        var entries = CheckpointWriter.ZipEntries(CheckpointWriter.StateDict(TestTensor.Of("w", [2, 1], 1, 2)));
        byte[] pickle = entries[0].Content;
        var opcodes = new Random(1);
        for (int position = 0; position < pickle.Length; position++)
        {
            for (int trials = 0; trials < 6; trials++)
            {
                byte[] damaged = [.. pickle];
                damaged[position] = (byte)opcodes.Next(256);
                entries[0] = entries[0] with { Content = damaged };
                trial.Survives(ZipWriter.Write(entries), $"byte {position} is {damaged[position]}");
            }
        }
    }

    private static byte[] Sample(CheckpointContainer container) => container switch
    {
        CheckpointContainer.PyTorchZip => CheckpointWriter.Zip(Root()),
        CheckpointContainer.PyTorchLegacy => CheckpointWriter.Legacy(Root()),
        _ => CheckpointWriter.Safetensors(Tensors()),
    };

    private static (string Key, object? Value)[] Root() => new (string, object?)[]
    {
        ("epoch", 7), ("loss", 0.5), ("history", new List<object?> { 1L << 40, "text", null, true }),
        ("args", RawPickle.Of("cargparse\nNamespace\n)\x81}(U\u0002lrK\u0001U\u0004sizectorch\nSize\nK\u0003\x85\x85Rub")),
        ("best", RawPickle.Of("cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nU\u0002f8\x85RC\u0002ab\x86R")),
        ("list", RawPickle.Of(
            "cfoo\nList\n)}\x92(K\u0001K\u0002e(K\u0001(cfoo\nBar\nK\u0001ou((K\u0001ifoo\nBaz\n\x90")),
        ("parameter", RawPickle.Of(
            "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch.nn.parameter\nParameter\n((U\u0007storage"
            + "ctorch\nFloatStorage\nU\u00010U\u0003cpuK\u0008tQK\u0000K\u0002\x85K\u0001\x85\x89}t}tR")),
        ("state_dict", CheckpointWriter.StateDict(Tensors())),
    };

    private static TestTensor[] Tensors() =>
    [
        TestTensor.Of("module.conv.weight", [2, 1, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8),
        TestTensor.Of("module.conv.bias", TensorDataType.Float16, [2], 1, 2),
        TestTensor.Of("module.norm.num_batches_tracked", TensorDataType.Int64, [], 3),
        TestTensor.Of("module.fc.weight", TensorDataType.BFloat16, [2, 2], 1, 2, 3, 4) with { IsParameter = true },
    ];

    private sealed class Trial : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public int Refused { get; private set; }

        /// <summary>Whether a file is read whole; one that is refused must be so in the right way.</summary>
        public bool Survives(byte[] file, string what)
        {
            string path = _folder.PathOf("mutated.pt");
            File.WriteAllBytes(path, file);
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool isRead = false;
            try
            {
                var checkpoint = Checkpoint.Open(path);
                long values = checkpoint.Tensors.Sum(tensor => (long)tensor.ToSingle().Length);
                Assert.IsLessThanOrEqualTo(file.Length, values, what);
                isRead = true;
            }
            catch (InvalidDataException exception)
            {
                Refused++;
                RefusedFile.AssertSentence(exception, path);
            }
            catch (Exception exception) when (exception is not AssertFailedException)
            {
                throw new AssertFailedException($"{what}: {exception.GetType().Name}, {exception.Message}", exception);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.IsLessThan(BaseAllocation + (AllocationPerByte * file.Length), allocated, what);
            return isRead;
        }

        public void Dispose() => _folder.Dispose();
    }
}
