using System.IO.Compression;
using System.Security.Cryptography;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
internal sealed class CheckpointTests
{
    private static readonly CheckpointContainer[] Containers = Enum.GetValues<CheckpointContainer>();

    [TestMethod]
    public void Every_type_reads_back_from_every_container()
    {
        using var folder = new TemporaryFolder();
        float[] values = [0, 1, 2, 100, 5, 6];
        foreach (var container in Containers)
        {
            foreach (var type in Enum.GetValues<TensorDataType>())
            {
                float[] expected = type == TensorDataType.Boolean ? [0, 1, 1, 0, 0, 1] : values;
                var checkpoint = Open(folder, CheckpointWriter.Write(container, [TestTensor.Of("a.b", type, [2, 3], expected)]));
                Assert.AreEqual(container, checkpoint.Container);
                var tensor = checkpoint.Tensors.Single();
                Assert.AreEqual("a.b", tensor.Name);
                Assert.AreEqual(type, tensor.DataType);
                Assert.AreEqual(6, tensor.ElementCount);
                Assert.AreEqual("2, 3", string.Join(", ", tensor.Shape));
                CollectionAssert.AreEqual(expected, tensor.ToSingle(), $"{container} {type}");
            }
        }
    }

    [TestMethod]
    public void Floating_point_values_are_rounded_and_kept()
    {
        using var folder = new TemporaryFolder();
        float[] values = [-0.0f, 1.5f, -3.140625f, 65504, 5.9604645E-08f, -0.33333334f];
        foreach (var container in Containers)
        {
            CollectionAssert.AreEqual(
                values, ReadOne(folder, container, TestTensor.Of("x", TensorDataType.Float64, [6], values)), $"{container}");
            CollectionAssert.AreEqual(
                Array.ConvertAll(values, value => (float)(Half)value),
                ReadOne(folder, container, TestTensor.Of("x", TensorDataType.Float16, [6], values)));
            CollectionAssert.AreEqual(
                new[] { -0.0f, 1.5f, -3.140625f },
                ReadOne(folder, container, TestTensor.Of("x", TensorDataType.BFloat16, [3], -0.0f, 1.5f, -3.140625f)));
            CollectionAssert.AreEqual(
                new[] { (float)0.1, (float)1e-300 },
                ReadOne(folder, container, new TestTensor(
                    "x", TensorDataType.Float64, [2], [.. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(1e-300)])));
            CollectionAssert.AreEqual(
                new float[] { -5, 7 }, ReadOne(folder, container, TestTensor.Of("x", TensorDataType.Int16, [2], -5, 7)));
        }
    }

    [TestMethod]
    public void Scalars_and_empty_tensors_are_read()
    {
        using var folder = new TemporaryFolder();
        foreach (var container in Containers)
        {
            var tensors = Open(folder, CheckpointWriter.Write(
                container,
                [TestTensor.Of("counter", TensorDataType.Int64, [], 42), TestTensor.Of("nothing", [2, 0, 3])])).Tensors;
            Assert.IsEmpty(tensors[0].Shape);
            CollectionAssert.AreEqual(new float[] { 42 }, tensors[0].ToSingle());
            Assert.AreEqual(0, tensors[1].ElementCount);
            Assert.IsEmpty(tensors[1].ToSingle());
        }
    }

    [TestMethod]
    [DataRow(CheckpointContainer.PyTorchZip)]
    [DataRow(CheckpointContainer.PyTorchLegacy)]
    public void Strided_and_shared_storages_are_followed(CheckpointContainer container)
    {
        using var folder = new TemporaryFolder();
        float[] all = [.. Enumerable.Range(0, 24).Select(value => (float)value)];
        foreach (var type in new[] { TensorDataType.Float32, TensorDataType.Float16 })
        {
            byte[] storage = TestTensor.Encode(type, all);
            var tensors = Open(folder, CheckpointWriter.Write(container,
            [
                new TestTensor("whole", type, [2, 3, 4], storage),
                new TestTensor("transposed", type, [4, 6], storage) { Strides = [1, 4] },
                new TestTensor("permuted", type, [4, 2, 3], storage) { Strides = [1, 12, 4] },
                new TestTensor("every_other", type, [3], storage) { Offset = 5, Strides = [2] },
                new TestTensor("expanded", type, [3, 2], storage) { Offset = 7, Strides = [0, 1] },
                new TestTensor("one_wide", type, [2, 1, 2], storage) { Offset = 20, Strides = [2, 999, 1] },
                new TestTensor("last", type, [], storage) { Offset = 23 },
            ])).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToSingle());
            CollectionAssert.AreEqual(all, tensors["whole"]);
            CollectionAssert.AreEqual(
                (float[])[.. Enumerable.Range(0, 24).Select(i => (float)((i % 6 * 4) + (i / 6)))], tensors["transposed"]);
            CollectionAssert.AreEqual(
                (float[])[.. Enumerable.Range(0, 24).Select(i => (float)((i / 6) + (i / 3 % 2 * 12) + (i % 3 * 4)))],
                tensors["permuted"]);
            CollectionAssert.AreEqual(new float[] { 5, 7, 9 }, tensors["every_other"]);
            CollectionAssert.AreEqual(new float[] { 7, 8, 7, 8, 7, 8 }, tensors["expanded"]);
            CollectionAssert.AreEqual(new float[] { 20, 21, 22, 23 }, tensors["one_wide"]);
            CollectionAssert.AreEqual(new float[] { 23 }, tensors["last"]);
        }
    }

    [TestMethod]
    public void A_legacy_view_is_a_part_of_its_storage()
    {
        using var folder = new TemporaryFolder();
        byte[] storage = TestTensor.Encode(TensorDataType.Float32, [0, 1, 2, 3, 4, 5]);
        var tensors = Open(folder, CheckpointWriter.Write(CheckpointContainer.PyTorchLegacy,
        [
            new TestTensor("all", TensorDataType.Float32, [6], storage),
            new TestTensor("part", TensorDataType.Float32, [2], storage) { View = (3, 3), Offset = 1 },
        ])).Tensors;
        CollectionAssert.AreEqual(new float[] { 4, 5 }, tensors[1].ToSingle());
    }

    [TestMethod]
    [DataRow("state_dict")]
    [DataRow("model_state_dict")]
    [DataRow("model")]
    [DataRow("state_dict_ema")]
    [DataRow("ema_state_dict")]
    [DataRow("model_ema")]
    public void A_training_checkpoint_is_searched(string key)
    {
        using var folder = new TemporaryFolder();
        object root = new (string, object?)[]
        {
            ("epoch", 299), ("best_metric", 69.5), ("arch", "mobilevit_xxs"), ("done", true), ("scheduler", null),
            ("optimizer", new (string, object?)[]
            {
                ("state", new (string, object?)[] { ("0", CheckpointWriter.StateDict(TestTensor.Of("exp_avg", [1], 9))) }),
                ("param_groups", new List<object?> { new (string, object?)[] { ("betas", new object?[] { 0.9, 0.999 }) } }),
                ("seed", long.MaxValue),
            }),
            (key, CheckpointWriter.StateDict(TestTensor.Of("w", [1], 1), TestTensor.Of("v", [1], 2) with { IsParameter = true })),
        };
        foreach (byte[] file in new[] { CheckpointWriter.Zip(root), CheckpointWriter.Legacy(root) })
        {
            var checkpoint = Open(folder, file);
            Assert.AreEqual(key, checkpoint.StateDictPath);
            Assert.AreEqual("w, v", string.Join(", ", checkpoint.Tensors.Select(tensor => tensor.Name)));
            CollectionAssert.AreEqual(new float[] { 2 }, checkpoint.Tensors[1].ToSingle());
        }
    }

    [TestMethod]
    public void Plain_weights_come_before_averaged_ones()
    {
        using var folder = new TemporaryFolder();
        byte[] file = CheckpointWriter.Zip(new (string, object?)[]
        {
            ("ema_state_dict", CheckpointWriter.StateDict(TestTensor.Of("w", [1], 2))),
            ("model_state_dict", CheckpointWriter.StateDict(TestTensor.Of("w", [1], 1))),
            ("epoch", 3),
        });
        var plain = Open(folder, file);
        Assert.AreEqual("model_state_dict", plain.StateDictPath);
        Assert.AreEqual("ema_state_dict", plain.OtherStateDicts.Single());
        CollectionAssert.AreEqual(new float[] { 1 }, plain.Tensors.Single().ToSingle());

        var averaged = Open(folder, file, "ema_state_dict");
        Assert.AreEqual("ema_state_dict", averaged.StateDictPath);
        Assert.AreEqual("model_state_dict", averaged.OtherStateDicts.Single());
        CollectionAssert.AreEqual(new float[] { 2 }, averaged.Tensors.Single().ToSingle());

        foreach (string key in new[] { "epoch", "other" })
        {
            var exception = Assert.ThrowsExactly<InvalidDataException>(() => Open(folder, file, key));
            StringAssert.Contains(exception.Message, $"'{key}'");
            StringAssert.Contains(exception.Message, "model_state_dict, ema_state_dict");
        }
    }

    [TestMethod]
    [DataRow("module.")]
    [DataRow("_orig_mod.")]
    [DataRow("model.")]
    [DataRow("module._orig_mod.")]
    public void A_wrappers_prefix_is_taken_off(string prefix)
    {
        using var folder = new TemporaryFolder();
        foreach (var container in Containers)
        {
            var checkpoint = Open(folder, CheckpointWriter.Write(
                container, [TestTensor.Of(prefix + "a", [1], 1), TestTensor.Of(prefix + "b", [1], 2)]));
            Assert.AreEqual(prefix, checkpoint.RemovedPrefix);
            Assert.AreEqual("a, b", string.Join(", ", checkpoint.Tensors.Select(tensor => tensor.Name)));
        }
    }

    [TestMethod]
    public void A_name_of_nothing_but_prefixes_is_no_trap()
    {
        using var folder = new TemporaryFolder();
        string name = string.Concat(Enumerable.Repeat("model.", 500_000));
        var checkpoint = Open(folder, CheckpointWriter.Write(CheckpointContainer.PyTorchZip, [TestTensor.Of(name, [1], 1)]));
        Assert.AreEqual("model.model.model.model.", checkpoint.RemovedPrefix);
    }

    [TestMethod]
    public void A_prefix_that_not_all_names_have_stays()
    {
        using var folder = new TemporaryFolder();
        var checkpoint = Open(folder, CheckpointWriter.Write(
            CheckpointContainer.Safetensors, [TestTensor.Of("module.a", [1], 1), TestTensor.Of("b", [1], 2)]));
        Assert.AreEqual("", checkpoint.RemovedPrefix);
        Assert.AreEqual("module.a", checkpoint.Tensors[0].Name);
    }

    [TestMethod]
    public void An_archive_that_was_zipped_again_is_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("again.bin");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (var entry in CheckpointWriter.ZipEntries(CheckpointWriter.StateDict(TestTensor.Of("w", [2], 1, 2))))
            {
                using var stream = archive.CreateEntry(entry.Name, CompressionLevel.NoCompression).Open();
                stream.Write(entry.Content);
            }
        }

        CollectionAssert.AreEqual(new float[] { 1, 2 }, Checkpoint.Open(path).Tensors.Single().ToSingle());
    }

    [TestMethod]
    public void The_file_is_named_and_hashed()
    {
        using var folder = new TemporaryFolder();
        byte[] file = CheckpointWriter.Write(CheckpointContainer.PyTorchZip, [TestTensor.Of("w", [1], 1)]);
        string path = folder.PathOf("weights.any");
        File.WriteAllBytes(path, file);
        var checkpoint = Checkpoint.Open(path);
        Assert.AreEqual(path, checkpoint.FilePath);
        Assert.AreEqual("weights.any", checkpoint.FileName);
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(file)), checkpoint.Sha256);
    }

    [TestMethod]
    public void The_checksum_is_that_of_zip_archives() => Assert.AreEqual(0xCBF43926, Crc32.Compute("123456789"u8));

    [TestMethod]
    [RequiresReference]
    [DataRow("xxs", 1_272_024)]
    [DataRow("xs", 2_317_848)]
    [DataRow("s", 5_578_632)]
    public void Official_files_have_the_published_number_of_parameters(string variant, int parameters)
    {
        var checkpoint = Checkpoint.Open(Reference.PathOf("checkpoints", $"mobilevit_{variant}.pt"));
        Assert.AreEqual(CheckpointContainer.PyTorchZip, checkpoint.Container);
        Assert.HasCount(311, checkpoint.Tensors);
        Assert.AreEqual(parameters, checkpoint.Tensors
            .Where(tensor => !tensor.Name.Contains("running_") && !tensor.Name.EndsWith("num_batches_tracked"))
            .Sum(tensor => tensor.ElementCount));
        Assert.IsTrue(checkpoint.Tensors.All(tensor => tensor.ToSingle().All(float.IsFinite)));
    }

    private static Checkpoint Open(TemporaryFolder folder, byte[] file, string? stateDictKey = null)
    {
        string path = folder.PathOf($"{Guid.NewGuid():N}.pt");
        File.WriteAllBytes(path, file);
        return Checkpoint.Open(path, stateDictKey);
    }

    private static float[] ReadOne(TemporaryFolder folder, CheckpointContainer container, TestTensor tensor) =>
        Open(folder, CheckpointWriter.Write(container, [tensor])).Tensors.Single().ToSingle();
}
