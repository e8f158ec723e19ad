using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MlNetMobileViT.UnitTests;

/// <summary>A file that cannot be loaded is an <see cref="InvalidDataException"/> that names it, however it is damaged.</summary>
[TestClass]
public sealed class DamagedPipelineTests
{
    private const int Damages = 40;

    private static readonly Lazy<byte[]> LazyPipeline = new(Save);

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Files_cut_off_anywhere()
    {
        byte[] file = LazyPipeline.Value;
        for (int i = 0; i < 100; i++)
        {
            Assert.IsNotNull(Load(file[..(int)((long)file.Length * i / 100)], $"cut at {i} %"));
        }
    }

    [TestMethod]
    public void Files_with_other_bytes()
    {
        for (int seed = 0; seed < Damages; seed++)
        {
            Load(Mutation.Of(LazyPipeline.Value, seed), $"seed {seed}");
        }
    }

    [TestMethod]
    public void Archives_whose_parts_have_other_bytes()
    {
        // Unlike the bytes of the file itself, those of its parts are not under a checksum once they are packed again.
        int refused = 0;
        for (int seed = 0; seed < Damages; seed++)
        {
            refused += Load(Repack(LazyPipeline.Value, seed), $"seed {seed}") is null ? 0 : 1;
        }

        Assert.IsGreaterThan(Damages / 2, refused);
    }

    [TestMethod]
    public void Files_of_something_else()
    {
        using var foreign = new MemoryStream();
        using (var archive = new ZipArchive(foreign, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream stream = archive.CreateEntry("TransformerChain/Model.key").Open();
            stream.Write("no model"u8);
        }

        byte[] empty = [0x50, 0x4B, 5, 6, .. new byte[18]];
        foreach (byte[] file in (byte[][])[[], [0], "PK"u8.ToArray(), empty, foreign.ToArray(), TinyModel.Bytes, DrawnImages.Encode(0)])
        {
            InvalidDataException? error = Load(file, $"{file.Length} bytes");
            Assert.IsNotNull(error);
            StringAssert.StartsWith(error.Message, "'the stream' is not a pipeline that can be loaded: ", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void What_a_configuration_of_the_session_throws_is_no_fault_of_the_file()
    {
        using var stream = new MemoryStream(LazyPipeline.Value);

        var error = Assert.ThrowsExactly<NotSupportedException>(() => _mlContext.Model.LoadMobileViT(
            stream, out _, new() { ConfigureSession = static _ => throw new NotSupportedException("There is no such device.") }));

        Assert.AreEqual("There is no such device.", error.Message);
    }

    [TestMethod]
    public void What_the_machine_throws_is_no_fault_of_the_file()
    {
        const int NoSpaceLeft = 28;
        var full = new IOException("No space left on device", NoSpaceLeft);
        var denied = new UnauthorizedAccessException("Denied");
        var memory = new InsufficientMemoryException();
        var cut = new EndOfStreamException("Cut off");

        Assert.AreSame(full, UnreadablePipeline.Error("a.zip", new InvalidOperationException("Around", full)));
        Assert.AreSame(denied, UnreadablePipeline.Error("a.zip", denied));
        Assert.AreSame(memory, UnreadablePipeline.Error("a.zip", new System.Reflection.TargetInvocationException(memory)));
        Assert.AreEqual(
            "'a.zip' is not a pipeline that can be loaded: Cut off. It is damaged, cut off or something else; copy it again, or save it "
                + "again.",
            UnreadablePipeline.Error("a.zip", new System.Reflection.TargetInvocationException(cut)).Message);
        Assert.IsInstanceOfType<InvalidDataException>(UnreadablePipeline.Error("a.zip", new IOException("A seek before the beginning")));
    }

    [TestMethod]
    [DataRow("\n")]
    [DataRow(".\r\n")]
    [DataRow(" .")]
    public void A_line_end_of_a_message_does_not_break_the_sentence(string end) => Assert.AreEqual(
        "'a.zip' is not a pipeline that can be loaded: Bad header at byte 5. It is damaged, cut off or something else; copy it again, or "
            + "save it again.",
        UnreadablePipeline.Error("a.zip", new FormatException("Bad header\r\n  at byte 5" + end)).Message);

    [TestMethod]
    [DataRow(DoublingMapping.Contract, "DamagedPipelineTests.Trebling", "the custom mapping 'DamagedPipelineTests.Trebling'")]
    [DataRow("UnitTests, Version=", "UnitTasks, Version=", "the assembly 'UnitTasks'")]
    public void What_the_program_has_not_registered_is_no_fault_of_the_file(string saved, string other, string missing)
    {
        byte[] file = SaveMapping();
        (_mlContext.Model.LoadMobileViT(new MemoryStream(file), out _) as IDisposable)?.Dispose();

        // The saved name stands for one that the program that loads does not know. ML.NET writes it in UTF-16.
        int replaced = 0;
        byte[] foreign = Repack(file, (_, bytes) =>
        {
            int start = bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(saved));
            if (start >= 0)
            {
                Encoding.Unicode.GetBytes(other).CopyTo(bytes, start);
                replaced++;
            }

            return bytes;
        });
        Assert.AreEqual(1, replaced);

        InvalidDataException? error = Load(foreign, missing);

        Assert.IsNotNull(error);
        StringAssert.StartsWith(error.Message, $"'the stream' cannot be loaded: it needs {missing}, ", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "mlContext.ComponentCatalog.RegisterAssembly", StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Loads a file and uses what comes; the error, if it is of the right type, or null.</summary>
    private InvalidDataException? Load(byte[] file, string what)
    {
        using var stream = new MemoryStream(file);
        try
        {
            (_mlContext.Model.LoadMobileViT(stream, out _) as IDisposable)?.Dispose();
            return null;
        }
        catch (InvalidDataException error)
        {
            StringAssert.Contains(error.Message, "'the stream'", StringComparison.Ordinal);
            return error;
        }
        catch (Exception exception)
        {
            throw new AssertFailedException($"{what}: {exception}");
        }
    }

    private static byte[] Repack(byte[] file, int seed)
    {
        using var archive = new ZipArchive(new MemoryStream(file));
        int damaged = seed % archive.Entries.Count;
        return Repack(file, (index, bytes) => index == damaged && bytes.Length > 0 ? Mutation.Of(bytes, seed) : bytes);
    }

    private static byte[] Repack(byte[] file, Func<int, byte[], byte[]> change)
    {
        using var from = new ZipArchive(new MemoryStream(file));
        using var result = new MemoryStream();
        using (var to = new ZipArchive(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((int index, ZipArchiveEntry entry) in from.Entries.Index())
            {
                using Stream source = entry.Open();
                using var content = new MemoryStream();
                source.CopyTo(content);
                byte[] bytes = content.ToArray();
                using Stream target = to.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                target.Write(change(index, bytes));
            }
        }

        return result.ToArray();
    }

    private static byte[] Save()
    {
        var mlContext = new MLContext(seed: 1);
        using MobileViTModel model = TinyModel.Load();
        IDataView data = mlContext.Data.LoadFromEnumerable<ImageRow>([]);
        using var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label", "Kind")
            .Append(mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path")).Fit(data);
        using var stream = new MemoryStream();
        mlContext.Model.Save(pipeline, data.Schema, stream);
        return stream.ToArray();
    }

    private static byte[] SaveMapping()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable<Row>([]);
        var pipeline = mlContext.Transforms.CustomMapping(new DoublingMapping().GetMapping(), DoublingMapping.Contract).Fit(data);
        using var stream = new MemoryStream();
        mlContext.Model.Save(pipeline, data.Schema, stream);
        return stream.ToArray();
    }

    private sealed class Row
    {
        public float Number { get; set; }
    }

    private sealed class DoubledRow
    {
        public float Doubled { get; set; }
    }

    [CustomMappingFactoryAttribute(Contract)]
    private sealed class DoublingMapping : CustomMappingFactory<Row, DoubledRow>
    {
        public const string Contract = "DamagedPipelineTests.Doubling";

        public override Action<Row, DoubledRow> GetMapping() => static (row, doubled) => doubled.Doubled = 2 * row.Number;
    }
}
