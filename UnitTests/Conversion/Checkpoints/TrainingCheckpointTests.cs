using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// Checkpoints as training programs write them: what is not a tensor is left out and named. Opcodes are given as Latin-1 text.
/// </summary>
[TestClass]
public sealed class TrainingCheckpointTests
{
    private const string Storage = "(U\x07storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\x01tQ";

    /// <summary>A tensor <c>[1]</c> on the first storage of the file.</summary>
    private const string Tensor = "ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\x00K\x01\x85K\x01\x85\x89}tR";

    [TestMethod]
    [DataRow("cargparse\nNamespace\n)\x81}U\x02lrG?\x84z\xe1G\xae\x14{sb", "argparse.Namespace", DisplayName = "the arguments of timm and torchvision")]
    [DataRow("c__main__\nConfig\n)}U\x02lrK\x01s\x92", "__main__.Config", DisplayName = "a class made with keywords, NEWOBJ_EX")]
    [DataRow("(c__main__\nConfig\nK\x01o", "__main__.Config", DisplayName = "OBJ")]
    [DataRow("(K\x01i__main__\nConfig\n", "__main__.Config", DisplayName = "INST")]
    [DataRow("cfoo\nMap\n)R(U\u0001aK\x01u", "foo.Map", DisplayName = "a dictionary of a class, SETITEMS")]
    [DataRow("cfoo\nMap\n)RU\u0001aK\x01s", "foo.Map", DisplayName = "a dictionary of a class, SETITEM")]
    [DataRow("cfoo\nList\n)\x81(K\x01K\u0002e", "foo.List", DisplayName = "a list of a class, APPENDS")]
    [DataRow("cfoo\nList\n)\x81K\u0001a", "foo.List", DisplayName = "a list of a class, APPEND")]
    [DataRow("cfoo\nSet\n)\x81(K\x01\x90", "foo.Set", DisplayName = "a set of a class, ADDITEMS")]
    [DataRow("cfunctools\npartial\n)R)R", "functools.partial", DisplayName = "the result of a call, called")]
    [DataRow("cpathlib\nPosixPath\n(U\u0001/U\u0004datatR", "pathlib.PosixPath", DisplayName = "a path")]
    [DataRow("\x8c\u0003foo\x8c\u0009Bar.Inner\x93)\x81", "foo.Bar.Inner", DisplayName = "a nested class")]
    [DataRow("ccode.models\nConfig\n)\x81", "code.models.Config", DisplayName = "a repository with a folder called code")]
    [DataRow("ctorch.optim.adamw\nAdamW\n", "torch.optim.adamw.AdamW", DisplayName = "a class, not called")]
    [DataRow("cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nU\u0002f8\x89\x88\x87R(K\x03U\u0001<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\u0000tbU\x08\x00\x00\x00\x00\x00\xc0N@\x86R",
        "numpy.core.multiarray.scalar|numpy.dtype", DisplayName = "a numpy scalar")]
    [DataRow("X\x0a\x00\x00\x00/data/\xed\xb3\xbf.", "", DisplayName = "a file name that is no UTF-8, as Python has it")]
    [DataRow("\x8f(U\u0003catU\u0003dog\x90", "", DisplayName = "a set")]
    [DataRow("c__builtin__\nset\n]U\u0003cata\x85R", "", DisplayName = "a set of protocol 2")]
    [DataRow("ctorch\nSize\nK\x03K\x04\x86\x85R", "", DisplayName = "torch.Size")]
    [DataRow("ctorch\ndevice\nU\u0004cudaK\x00\x86R", "", DisplayName = "torch.device")]
    [DataRow("ctorch\nfloat16\n", "", DisplayName = "a dtype")]
    [DataRow("ctorch.serialization\n_get_layout\nU\x0dtorch.strided\x85R", "", DisplayName = "a layout")]
    [DataRow("c_codecs\nencode\nX\x01\x00\x00\u0000aX\x06\x00\x00\x00latin1\x86R", "", DisplayName = "bytes of protocol 2")]
    [DataRow("c__builtin__\nbytearray\n)R", "", DisplayName = "bytearray")]
    [DataRow("cbuiltins\ncomplex\nG\x00\x00\x00\x00\x00\x00\x00\x00G\x00\x00\x00\x00\x00\x00\x00\x00\x86R", "", DisplayName = "complex")]
    [DataRow("ccollections\nCounter\n}U\u0001aK\x01s\x85R", "", DisplayName = "Counter")]
    [DataRow("ccollections\ndefaultdict\nc__builtin__\nlist\n\x85R(U\u0001a]u", "", DisplayName = "defaultdict")]
    [DataRow("ccollections\nOrderedDict\n)\x81}b", "", DisplayName = "OrderedDict, NEWOBJ and BUILD")]
    [DataRow("(ccollections\nOrderedDict\no", "", DisplayName = "OrderedDict, OBJ")]
    [DataRow("ccollections\nOrderedDict\n)}\x92", "", DisplayName = "OrderedDict, NEWOBJ_EX")]
    [DataRow("ctorch._utils\n_rebuild_sparse_tensor\n(K\x00" + Tensor + "tR", "", DisplayName = "a sparse tensor in the optimizer")]
    [DataRow("cfoo\n_rebuild_thing\n" + Tensor + "\x85R", "foo._rebuild_thing", DisplayName = "a tensor of a class in the optimizer")]
    public void What_is_no_tensor_is_left_out_and_named(string opcodes, string names)
    {
        foreach (var checkpoint in OpenBoth(new (string, object?)[]
        {
            ("epoch", 3),
            ("state_dict", new (string, object?)[] { ("w", TestTensor.Of("w", [1], 7)) }),
            ("extra", new List<object?> { new object?[] { RawPickle.Of(opcodes), RawPickle.Of(opcodes) } }),
        }))
        {
            Assert.AreEqual("state_dict", checkpoint.StateDictPath);
            CollectionAssert.AreEqual(new float[] { 7 }, checkpoint.Tensors.Single().ToSingle());
            Assert.AreEqual(names, string.Join('|', checkpoint.LeftOut));
        }
    }

    [TestMethod]
    [DataRow("cfoo\n_rebuild_thing\n(" + Storage + "K\x00K\x01\x85tR", "'foo._rebuild_thing'", DisplayName = "an unknown function of a storage")]
    [DataRow("cfoo\nWrapped\n" + Tensor + "\x85\x81", "'foo.Wrapped'", DisplayName = "a class around a tensor")]
    [DataRow("cfoo\nWrapped\n)\x81}U\u0004data" + Tensor + "sb", "'foo.Wrapped'", DisplayName = "a class with a tensor in its state")]
    [DataRow("cfoo\nWrapped\n)\x81" + Tensor + "a", "'foo.Wrapped'", DisplayName = "a list of a class with a tensor")]
    [DataRow("ctorch._utils\n_rebuild_parameter\n(cfoo\nmake\n" + Tensor + "\x85R\x88}tR", "'foo.make'", DisplayName = "a parameter of one")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\u0000cfoo\nsize\n)RK\x01\x85\x89}tR", "'foo.size'", DisplayName = "an unknown size")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\u0000cfoo\nint\n)R\x85K\x01\x85\x89}tR", "'foo.int'", DisplayName = "an unknown side")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(cfoo\nstorage\n)RK\x00K\x01\x85K\x01\x85\x89}tR", "'foo.storage'", DisplayName = "an unknown storage")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagecfoo\nStorage\nU\u00011U\u0003cpuK\x01tQK\x00K\x01\x85K\x01\x85\x89}tR", "'foo.Storage'", DisplayName = "a storage of an unknown class")]
    [DataRow("ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\ncfoo\nSubclass\n(" + Storage + "K\x00K\x01\x85K\x01\x85\x89}t}tR", "'foo.Subclass'", DisplayName = "a subclass of the tensor")]
    [DataRow("ctorch._utils\n_rebuild_meta_tensor_no_storage\n(ctorch\nfloat32\nK\x01\x85K\x01\x85\x89tR", "'torch._utils._rebuild_meta_tensor_no_storage'", DisplayName = "a tensor without values")]
    [DataRow("ctorch._utils\n_rebuild_qtensor\n(" + Storage + "K\x00K\x01\x85K\x01\x85N\x89}tR", "'torch._utils._rebuild_qtensor'", DisplayName = "a quantised tensor")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nComplexFloatStorage\nU\u00011U\u0003cpuK\x01tQK\x00K\x01\x85K\x01\x85\x89}tR", "'torch.ComplexFloatStorage'", DisplayName = "complex numbers")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\x00K\x01\x85K\x01\x85\x89}}U\u0003neg\x88stR", "'torch._neg_view'", DisplayName = "values to be negated")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\x00K\x01\x85K\x01\x85\x89}}U\u0004conj\x88stR", "'torch.conj'", DisplayName = "values to be conjugated")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v3\n((U\x07storagectorch.storage\nUntypedStorage\nU\u00011U\u0003cpuK\x04tQK\x00K\x01\x85K\x01\x85\x89}ctorch\nfloat32\n}U\u0003neg\x88stR", "'torch._neg_view'", DisplayName = "bytes to be negated")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\x00K\x01\x85K\x01\x85\x89}cfoo\nmeta\n)RtR", "'foo.meta'", DisplayName = "unknown metadata")]
    public void A_tensor_that_depends_on_it_is_refused_by_its_name(string opcodes, string global)
    {
        object root = new (string, object?)[]
        {
            ("model", new (string, object?)[] { ("good", TestTensor.Of("good", [1], 7)), ("the.bad.one", RawPickle.Of(opcodes)) }),
        };
        RefusedFile.Assert(CheckpointWriter.Zip(root), "'the.bad.one'", global);
        RefusedFile.Assert(CheckpointWriter.Legacy(root), "'the.bad.one'", global);
    }

    [TestMethod]
    [DataRow(Tensor, DisplayName = "_rebuild_tensor_v2")]
    [DataRow("ctorch._utils\n_rebuild_tensor\n(" + Storage + "K\x00K\x01\x85K\x01\x85tR", DisplayName = "_rebuild_tensor")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\u0000ctorch\nSize\nK\x01\x85\x85RK\x01\x85\x89}tR", DisplayName = "a size of torch.Size")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v3\n((U\x07storagectorch.storage\nUntypedStorage\nU\u00010U\u0003cpuK\x04tQK\x00K\x01\x85K\x01\x85\x89}ctorch\nfloat32\ntR", DisplayName = "_rebuild_tensor_v3")]
    [DataRow("ctorch._utils\n_rebuild_parameter_with_state\n(" + Tensor + "\x88}}U\x03tagK\x01stR", DisplayName = "_rebuild_parameter_with_state")]
    [DataRow("ctorch.nn.parameter\nParameter\n" + Tensor + "\x88\x86\x81", DisplayName = "Parameter, NEWOBJ")]
    [DataRow("ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch.nn.parameter\nParameter\n(" + Storage + "K\x00K\x01\x85K\x01\x85\x89}t}U\x03tagK\x01stR", DisplayName = "_rebuild_from_type_v2")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\x00K\x01\x85K\x01\x85\x89}}U\u0003neg\x89sU\u0004conj\x89stR", DisplayName = "_rebuild_tensor_v2 with metadata")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\x00K\x01\x85K\x01\x85\x89}NtR", DisplayName = "_rebuild_tensor_v2 without metadata")]
    public void Every_way_in_which_PyTorch_makes_a_plain_tensor_is_read(string opcodes)
    {
        // The storage is described by the first tensor, which is another way to the same number.
        byte[] file = CheckpointWriter.Zip(new (string, object?)[]
        {
            ("loss", TestTensor.Of("loss", [1], 7)),
            ("state_dict", new (string, object?)[] { ("w", RawPickle.Of(opcodes)) }),
        });
        var checkpoint = Open(file);
        CollectionAssert.AreEqual(new float[] { 7 }, checkpoint.Tensors.Single().ToSingle());
        Assert.IsEmpty(checkpoint.LeftOut);
    }

    [TestMethod]
    public void An_object_in_the_place_of_a_tensor_is_no_tensor()
    {
        foreach (var checkpoint in OpenBoth(new (string, object?)[]
        {
            ("module.w", TestTensor.Of("w", [1], 7)),
            ("module.array", RawPickle.Of("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\u0085C\u0001b\x87R")),
            ("args", RawPickle.Of("cargparse\nNamespace\n)\x81}b")),
        }))
        {
            Assert.AreEqual("w", checkpoint.Tensors.Single().Name);
            Assert.AreEqual("numpy.core.multiarray._reconstruct", checkpoint.Objects["array"]);
            Assert.AreEqual("argparse.Namespace", checkpoint.Objects["args"]);
        }
    }

    [TestMethod]
    public void An_object_may_stand_with_the_prefix_and_without()
    {
        (string, object?) within = ("module.extra", RawPickle.Of("cfoo\nWithin\n)\x81"));
        (string, object?) beside = ("extra", RawPickle.Of("cfoo\nBeside\n)\x81"));
        foreach ((string, object?)[] objects in new[] { new[] { within, beside }, new[] { beside, within } })
        {
            foreach (var checkpoint in OpenBoth(((string, object?)[])[("module.w", TestTensor.Of("w", [1], 7)), .. objects]))
            {
                Assert.AreEqual("foo.Within", checkpoint.Objects["extra"]);
            }
        }
    }

    [TestMethod]
    public void A_whole_module_is_told_from_its_weights()
    {
        RawPickle module = RawPickle.Of("cmodels\nNet\n)\x81}U\x05_w" + "abc" + Tensor + "sb");
        RefusedFile.Assert(CheckpointWriter.Zip(module), "'models.Net'", "state_dict()");
        RefusedFile.Assert(CheckpointWriter.Zip(new (string, object?)[] { ("model", module), ("epoch", 3) }), "'models.Net'", "'model'");
    }

    [TestMethod]
    public void Weights_that_come_after_a_whole_module_are_taken_only_where_they_are_asked_for()
    {
        RawPickle module = RawPickle.Of("cmodels\nNet\n)\x81}U\x08trainingK\x01sb");
        (string, object?)[] averaged = CheckpointWriter.StateDict(TestTensor.Of("w", [1], 7));
        object root = new (string, object?)[] { ("model", module), ("model_ema", averaged) };
        foreach (byte[] file in new[] { CheckpointWriter.Zip(root), CheckpointWriter.Legacy(root) })
        {
            RefusedFile.Assert(file, "'model'", "'models.Net'", "--state-dict model_ema", "ConversionOptions.StateDictKey");
            CollectionAssert.AreEqual(new float[] { 7 }, Open(file, "model_ema").Tensors.Single().ToSingle());
        }

        // Below the root there is no key to choose with.
        RefusedFile.Assert(CheckpointWriter.Zip(new (string, object?)[] { ("state_dict", root) }), "'models.Net'", "'model_ema'; save");

        // What stands in the place of a later key is of no matter.
        root = new (string, object?)[] { ("model", averaged), ("model_ema", module) };
        Assert.AreEqual("model", Open(CheckpointWriter.Zip(root)).StateDictPath);
    }

    [TestMethod]
    public void A_tensor_beside_the_state_dict_is_not_taken_for_one()
    {
        foreach (var checkpoint in OpenBoth(new (string, object?)[]
        {
            ("loss", TestTensor.Of("loss", [], 0.5f)),
            ("model", CheckpointWriter.StateDict(TestTensor.Of("w", [1], 7))),
        }))
        {
            Assert.AreEqual("model", checkpoint.StateDictPath);
            Assert.AreEqual("w", checkpoint.Tensors.Single().Name);
        }
    }

    [TestMethod]
    public void The_counter_of_an_averaged_model_does_not_hide_its_prefix()
    {
        foreach (var checkpoint in OpenBoth(CheckpointWriter.StateDict(
            TestTensor.Of("n_averaged", TensorDataType.Int64, [], 3), TestTensor.Of("module.w", [1], 7), TestTensor.Of("module.v", [1], 8))))
        {
            Assert.AreEqual("module.", checkpoint.RemovedPrefix);
            Assert.AreEqual("n_averaged, w, v", string.Join(", ", checkpoint.Tensors.Select(tensor => tensor.Name)));
        }
    }

    private static Checkpoint[] OpenBoth(object? root) => [Open(CheckpointWriter.Zip(root)), Open(CheckpointWriter.Legacy(root))];

    private static Checkpoint Open(byte[] file, string? stateDictKey = null)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("checkpoint.pth.tar");
        File.WriteAllBytes(path, file);
        return Checkpoint.Open(path, stateDictKey);
    }
}
