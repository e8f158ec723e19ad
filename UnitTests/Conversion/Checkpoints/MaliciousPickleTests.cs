using System.Text;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Pickles that ask for more than being read. Opcodes are given as Latin-1 text, without protocol and stop.</summary>
[TestClass]
public sealed class MaliciousPickleTests
{
    [TestMethod]
    public void A_file_that_runs_a_command_is_refused_by_name_and_runs_nothing()
    {
        using var folder = new TemporaryFolder();
        string marker = folder.PathOf("marker");
        foreach (string module in new[] { "os", "posix", "nt" })
        {
            string command = $"touch {marker}";
            string call = $"c{module}\nsystem\nX{Encoding.Latin1.GetString(BitConverter.GetBytes(command.Length))}{command}\x85R";
            RefuseEverywhere(RawPickle.Of(call), $"'{module}.system'", "nothing of it was run");
        }

        Assert.IsFalse(File.Exists(marker));
    }

    [TestMethod]
    [DataRow("cos\nsystem\n", "'os.system'", DisplayName = "GLOBAL, never called")]
    [DataRow("\x8c\x02os\x8c\x06system\x93", "'os.system'", DisplayName = "STACK_GLOBAL")]
    [DataRow("\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93", "'os.system'", DisplayName = "STACK_GLOBAL through the memo")]
    [DataRow("K\x01\x8c\x06system\x93", "not text", DisplayName = "STACK_GLOBAL of a number")]
    [DataRow("N)\x93", "not text", DisplayName = "STACK_GLOBAL of nothing")]
    [DataRow("c__builtin__\neval\n", "'__builtin__.eval'", DisplayName = "eval of Python 2")]
    [DataRow("cbuiltins\ngetattr\n", "'builtins.getattr'", DisplayName = "getattr")]
    [DataRow("ctorch\nload\n", "'torch.load'", DisplayName = "another function of torch")]
    [DataRow("ctorch.hub\nload\n", "'torch.hub.load'", DisplayName = "torch.hub")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2.__globals__\n", "__globals__", DisplayName = "behind an allowed name")]
    [DataRow("ccollections\nOrderedDict.__init__\n", "'collections.OrderedDict.__init__'", DisplayName = "inside an allowed class")]
    [DataRow("c__builtin__\n__import__\n", "'__builtin__.__import__'", DisplayName = "import of Python 2")]
    [DataRow("cos.path\njoin\n", "'os.path.join'", DisplayName = "a module below a refused one")]
    [DataRow("cposix\n_Environ\n)\x81", "'posix._Environ'", DisplayName = "NEWOBJ of a refused class")]
    [DataRow("csubprocess\nPopen\n)}\x92", "'subprocess.Popen'", DisplayName = "NEWOBJ_EX of a refused class")]
    [DataRow("\x8c\x05torch\x8c\x09os.system\x93", "'torch.os.system'", DisplayName = "a module that another one has imported")]
    [DataRow("\x8c\u0003foo\x8c\u000dBar.sys.exit_\x93", "'foo.Bar.sys.exit_'", DisplayName = "a module behind a class")]
    [DataRow("\x8c\u0003foo\x8c\u000cBar.__init__\x93", "'foo.Bar.__init__'", DisplayName = "what every class has, of a foreign one")]
    [DataRow("cargparse\nNamespace\n}b", "no state", DisplayName = "BUILD of a foreign class")]
    [DataRow("(ios\nsystem\n", "'os.system'", DisplayName = "INST")]
    [DataRow("(X\x02\x00\x00\x00lsios\nsystem\n", "'os.system'", DisplayName = "INST with arguments")]
    [DataRow("(cos\nsystem\nX\x02\x00\x00\x00lso", "'os.system'", DisplayName = "OBJ")]
    [DataRow("ctorch\nFloatStorage\nK\x05\x85R", "'torch.FloatStorage'", DisplayName = "a call of a storage class")]
    [DataRow("ccollections\nOrderedDict\nK\x05\x85R", "'collections.OrderedDict'", DisplayName = "an ordered dictionary of a number")]
    [DataRow("ctorch._utils\n_rebuild_tensor_v2\n)R", "'torch._utils._rebuild_tensor_v2'", DisplayName = "a tensor of nothing")]
    [DataRow("ctorch._utils\n_rebuild_parameter\n(NNNtR", "'torch._utils._rebuild_parameter'", DisplayName = "a parameter of nothing")]
    [DataRow("X\x09\x00\x00\x00os.system)R", "not a function", DisplayName = "a call of text")]
    [DataRow("ccollections\nOrderedDict\n]R", "not a function", DisplayName = "a call without a tuple")]
    [DataRow("ctorch\nFloatStorage\n}b", "no state", DisplayName = "BUILD of a class")]
    [DataRow("\x82\x01", "0x82", DisplayName = "EXT1")]
    [DataRow("\x83\x01\x00", "0x83", DisplayName = "EXT2")]
    [DataRow("\x84\x01\x00\x00\x00", "0x84", DisplayName = "EXT4")]
    [DataRow("\x97", "0x97", DisplayName = "NEXT_BUFFER")]
    [DataRow("Pos.system\n", "0x50", DisplayName = "PERSID")]
    [DataRow("I01\n", "0x49", DisplayName = "an opcode of protocol 0")]
    public void Whatever_is_not_data_is_refused(string opcodes, string word) => RefuseEverywhere(RawPickle.Of(opcodes), word);

    [TestMethod]
    [DataRow("builtins.eval builtins.exec builtins.compile builtins.getattr builtins.setattr builtins.__import__ builtins.open")]
    [DataRow("builtins.input builtins.globals builtins.breakpoint __builtin__.execfile __builtin__.apply")]
    [DataRow("os.popen posix.system nt.system subprocess.check_output pty.spawn webbrowser.open sys.exit sys.modules")]
    [DataRow("importlib.import_module runpy.run_path shutil.rmtree socket.create_connection ctypes.CDLL pdb.run marshal.loads")]
    [DataRow("code.interact operator.attrgetter _operator.methodcaller pickle.loads _pickle.loads types.FunctionType io.open")]
    [DataRow("torch.load torch.hub.load torch.serialization.load numpy.testing._private.utils.runstring pip.main urllib.request.urlopen")]
    public void What_only_an_attack_needs_is_refused_by_name(string globals)
    {
        foreach (string global in globals.Split(' '))
        {
            int dot = global.LastIndexOf('.');
            RefuseEverywhere(
                RawPickle.Of($"c{global[..dot]}\n{global[(dot + 1)..]}\n)R"), $"'{global}'", "an attack", "nothing of it was run");
        }
    }

    [TestMethod]
    public void A_value_of_an_enum_is_refused_with_what_to_do()
    {
        // As Python 3.11 writes it, in the protocols of torch.save and of pickle.
        RefuseEverywhere(
            RawPickle.Of("c__builtin__\ngetattr\nctimm\nMode\nU\u0004FAST\x86R"), "'__builtin__.getattr'", "enum", "model.state_dict()");
        RefuseEverywhere(
            RawPickle.Of("\x8c\u0008builtins\x8c\x07getattr\x93\x8c\x04timm\x8c\x04Mode\x93\x8c\u0004FAST\x86R"), "enum", "an attack");
        RefuseEverywhere(RawPickle.Of("cbuiltins\nsetattr\n"), "nothing of it was run.");
    }

    [TestMethod]
    [DataRow("K\x01Q", DisplayName = "a number")]
    [DataRow(")Q", DisplayName = "an empty tuple")]
    [DataRow("(U\x06modulectorch\nFloatStorage\nU\u00010U\u0003cpuK\x01tQ", DisplayName = "a module")]
    [DataRow("(U\x07storageU\u000cFloatStorageU\u00010U\u0003cpuK\x01tQ", DisplayName = "a type by text")]
    [DataRow("(U\x07storageccollections\nOrderedDict\nU\u00010U\u0003cpuK\x01tQ", DisplayName = "a class that is no storage")]
    [DataRow("(U\x07storagectorch\nFloatStorage\nK\x00U\u0003cpuK\x01tQ", DisplayName = "a key that is no text")]
    [DataRow("(U\x07storagectorch\nFloatStorage\nU\u00010U\u0003cpuJ\xff\xff\xff\xfftQ", DisplayName = "a negative count")]
    [DataRow("(U\x07storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\x01(U\x01vK\x01K\x01ttQ", DisplayName = "a view beyond the end")]
    [DataRow("(U\x07storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\x01NNtQ", DisplayName = "too many members")]
    public void Whatever_lies_outside_must_be_a_storage(string opcodes) =>
        RefuseEverywhere(RawPickle.Of(opcodes), "storage");

    [TestMethod]
    public void A_storage_key_is_no_path()
    {
        const string Key = "../../../../../../../../etc/passwd";
        RawPickle tensor = RawPickle.Of(
            $"ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU{(char)Key.Length}{Key}U\u0003cpuK\x01tQ"
            + "K\x00)))NtR");
        RefusedFile.Assert(CheckpointWriter.Zip(new (string, object?)[] { ("w", tensor) }), "'w'", $"'{Key}'", "missing");
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("0", DisplayName = "a value taken from an empty stack")]
    [DataRow("\x85", DisplayName = "a tuple of nothing")]
    [DataRow("t", DisplayName = "a tuple without a mark")]
    [DataRow("(K\x01", DisplayName = "a mark left over")]
    [DataRow("K\x01K\x02", DisplayName = "a value left over")]
    [DataRow("](\x85", DisplayName = "a value from below the mark")]
    [DataRow("}(K\x01u", DisplayName = "a key without a value")]
    [DataRow("]K\x01K\x02s", DisplayName = "an item for a list")]
    [DataRow("}K\u0001a", DisplayName = "an append to a dictionary")]
    [DataRow("h\x07", DisplayName = "a value that was never stored")]
    [DataRow("Nr\xff\xff\xff\xff", DisplayName = "a memo of four billion")]
    [DataRow("X\xff\xff\xff\xffx", DisplayName = "text longer than the file")]
    [DataRow("\x8d\xff\xff\xff\xff\xff\xff\xff\x7fx", DisplayName = "text of 8 EiB")]
    [DataRow("\x8e\xff\xff\xff\xff\xff\xff\xff\xffx", DisplayName = "bytes of 16 EiB")]
    [DataRow("\x96\x00\x00\x00\x00\x01\x00\x00\x00", DisplayName = "a byte array of 4 GiB")]
    [DataRow("\x95\xff\xff\xff\xff\xff\xff\xff\xff", DisplayName = "a frame of 16 EiB")]
    [DataRow("X\x02\x00\x00\x00\xff\xfe", DisplayName = "text that is no UTF-8")]
    [DataRow("ccollections", DisplayName = "a name without an end")]
    [DataRow("\x80\x06", DisplayName = "a protocol that does not exist")]
    [DataRow("\x80\x00", DisplayName = "protocol 0")]
    public void A_malformed_pickle_is_refused(string opcodes) =>
        RefusedFile.Assert(CheckpointWriter.Zip(RawPickle.Of(opcodes)), "pickle");

    [TestMethod]
    public void Deep_nesting_does_no_harm()
    {
        const int Depth = 200_000;
        RefusedFile.Assert(
            CheckpointWriter.Zip(RawPickle.Of(new string(']', Depth) + new string('a', Depth - 1))), "no dictionary");
        string deeper = "}X\x05\x00\x00\x00model";
        RefusedFile.Assert(CheckpointWriter.Zip(RawPickle.Of(
            string.Concat(Enumerable.Repeat(deeper, 10_000)) + "}" + new string('s', 10_000))), "no tensors");
        RefusedFile.Assert(CheckpointWriter.Zip(RawPickle.Of(new string('(', Depth))), "pickle");
        RefusedFile.Assert(CheckpointWriter.Zip(RawPickle.Of("N" + new string('\x85', Depth))), "no dictionary");
    }

    [TestMethod]
    public void A_dictionary_that_holds_itself_is_refused() =>
        RefusedFile.Assert(CheckpointWriter.Zip(RawPickle.Of("}q\x00X\x05\x00\x00\x00modelh\x00s")), "no tensors");

    [TestMethod]
    public void The_number_of_steps_is_bounded() =>
        RefusedFile.Assert(
            CheckpointWriter.Zip(RawPickle.Of(new string('N', PickleReader.MaxOpcodes))), $"{PickleReader.MaxOpcodes} steps");

    [TestMethod]
    public void What_is_recalled_cannot_be_copied_without_end()
    {
        const int Items = 50_000, Copies = 20_000;
        string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

        // A long list of pairs, then a dictionary of it over and over; the list is memo 0.
        RefusedFile.Assert(
            CheckpointWriter.Zip(RawPickle.Of(
                "](" + Repeat("))\x86", Items) + "eq\x00" + Repeat("ccollections\nOrderedDict\nh\x00\x85R", Copies))),
            "steps");

        // A tensor of many dimensions: sizes are memo 0, the storage memo 1.
        RefusedFile.Assert(
            CheckpointWriter.Zip(RawPickle.Of(
                "(" + Repeat("K\u0001", Items) + "tq\x00(U\x07storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\x01tQq\x01"
                + Repeat("ctorch._utils\n_rebuild_tensor_v2\n(h\x01K\x00h\x00h\x00NNtR", Copies))),
            $"{Items} dimensions");

        // A storage with a long key, referred to over and over; the reference is memo 0.
        RefusedFile.Assert(
            CheckpointWriter.Legacy(RawPickle.Of(
                "(U\x07storagectorch\nFloatStorage\nX\x00\x00\x10\x00" + new string('k', 1 << 20) + "U\u0003cpuK\x01tq\x00"
                + Repeat("h\x00Q", Copies))),
            "storage");
    }

    [TestMethod]
    public void Names_and_arguments_of_what_is_left_out_cannot_be_repeated_without_end()
    {
        const int Items = 50_000, Copies = 20_000;
        string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

        // A call, or a state, of a long tuple: the tuple is memo 0, the function memo 1.
        string tuple = "(" + Repeat("K\x01", Items) + "tq\u0000cfoo\nBar\nq\x01";
        foreach (string use in new[] { "h\x01h\x00R", "h\x01h\x00\x81", "h\x01)Rh\u0000b", "h\x01h\x00\x85R", "h\x01)h\x00\x92" })
        {
            RefusedFile.Assert(CheckpointWriter.Zip(RawPickle.Of(tuple + Repeat(use, Copies))), "steps");
        }

        // A name of a megabyte, and one of a thousand parts.
        RefusedFile.Assert(CheckpointWriter.Zip(RawPickle.Of($"cfoo\n{new string('x', 1 << 20)}\n")), "global");
        RefusedFile.Assert(CheckpointWriter.Zip(RawPickle.Of($"cfoo\n{Repeat("x.", 20)}x\n")), "global");
    }

    [TestMethod]
    public void Calls_of_calls_may_be_nested_as_deep_as_they_like()
    {
        const int Depth = 100_000;
        string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
        RefusedFile.Assert(
            CheckpointWriter.Zip(RawPickle.Of("cfoo\nBar\nq\x00)R" + Repeat("\x85q\u00010h\x00h\x01R", Depth))), "'foo.Bar'");
        RefusedFile.Assert(
            CheckpointWriter.Zip(RawPickle.Of(
                "ctorch._tensor\n_rebuild_from_type_v2\nq\u0000ctorch\nTensor\nq\u00020)"
                + Repeat("q\u00010(h\x00h\x02h\x01Nt", Depth) + "R")),
            "pickle");
    }

    [TestMethod]
    [DataRow("}", DisplayName = "dictionaries")]
    [DataRow("]", DisplayName = "lists")]
    [DataRow("K\x01", DisplayName = "numbers")]
    [DataRow("N\x85", DisplayName = "tuples")]
    [DataRow("N\x94", DisplayName = "memos")]
    [DataRow("U\x01x", DisplayName = "texts")]
    [DataRow("}NNs", DisplayName = "dictionary entries")]
    [DataRow("ccollections\nOrderedDict\n", DisplayName = "globals")]
    [DataRow("ca\nb\n)R", DisplayName = "objects")]
    [DataRow("\x8c\u0001a\x8c\u0001b\x93", DisplayName = "globals by the stack")]
    public void A_step_allocates_no_more_than_is_documented(string opcodes)
    {
        const int Repetitions = 100_000;
        byte[] file = CheckpointWriter.Zip(RawPickle.Of(string.Concat(Enumerable.Repeat(opcodes, Repetitions))));
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("flood.pt");
        File.WriteAllBytes(path, file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<InvalidDataException>(() => Checkpoint.Open(path));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before - (3L * file.Length);
        Assert.IsLessThan(PickleReader.MaxBytesPerOpcode * Repetitions * Math.Min(opcodes.Length, 2) + 100_000L, allocated);
    }

    private static void RefuseEverywhere(RawPickle value, params string[] words)
    {
        RefusedFile.Assert(CheckpointWriter.Zip(value), words);
        RefusedFile.Assert(CheckpointWriter.Legacy(value), words);
        RefusedFile.Assert(CheckpointWriter.Zip(Hide(value)), words);
        RefusedFile.Assert(CheckpointWriter.Legacy(Hide(value)), words);

        static object Hide(RawPickle value) => new (string, object?)[]
        {
            ("epoch", 1),
            ("model", CheckpointWriter.StateDict(TestTensor.Of("w", [1], 1))),
            ("extra", new List<object?> { new object?[] { value } }),
        };
    }
}
