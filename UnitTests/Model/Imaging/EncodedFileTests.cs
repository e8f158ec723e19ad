using System.Buffers;
using System.IO.Pipes;
using System.Net.Sockets;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class EncodedFileTests
{
    [TestMethod]
    public void A_path_is_known_for_what_it_is_without_being_opened()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("猫.jpg"), "x");
        File.CreateSymbolicLink(folder.PathOf("link.jpg"), folder.PathOf("猫.jpg"));
        File.CreateSymbolicLink(folder.PathOf("dangling.jpg"), folder.PathOf("nowhere.jpg"));
        Assert.AreEqual(FileKind.File, FileKinds.Of(folder.PathOf("猫.jpg")));
        Assert.AreEqual(FileKind.File, FileKinds.Of(folder.PathOf("link.jpg")));
        Assert.AreEqual(FileKind.Missing, FileKinds.Of(folder.PathOf("dangling.jpg")));
        Assert.AreEqual(FileKind.Missing, FileKinds.Of(folder.PathOf("猫.jpg", "below.jpg")));
        Assert.AreEqual(FileKind.Folder, FileKinds.Of(folder.Root));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Pipes_sockets_and_devices_are_refused_without_waiting_for_them()
    {
        using var folder = new TemporaryFolder();
        Shell.Run("mkfifo", folder.PathOf("pipe.jpg"));
        File.CreateSymbolicLink(folder.PathOf("link.jpg"), folder.PathOf("pipe.jpg"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.PathOf("socket.jpg")));
        foreach (var (path, kind) in new[]
        {
            (folder.PathOf("pipe.jpg"), "pipe"), (folder.PathOf("link.jpg"), "pipe"), (folder.PathOf("socket.jpg"), "socket"),
            ("/dev/zero", "device"), ("/dev/null", "device"),
        })
        {
            Assert.AreEqual(
                $"'{path}' is a {kind}, not an image file; it was not opened.",
                Assert.ThrowsExactly<InvalidDataException>(() => Read(path)).Message);
        }
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task A_pipe_that_was_handed_to_the_process_is_read_to_its_end()
    {
        byte[] content = new byte[300_000];
        new Random(1).NextBytes(content);
        foreach (string folder in new[] { "/dev/fd/", "/proc/self/fd/" })
        {
            using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
            Task<byte[]> reading = Task.Run(() => Read(folder + pipe.ClientSafePipeHandle.DangerousGetHandle()));
            await pipe.WriteAsync(content);
            pipe.Close();
            CollectionAssert.AreEqual(content, await reading);
        }
    }

    [TestMethod]
    public void A_file_that_is_not_small_is_counted_beside_its_picture()
    {
        using var folder = new TemporaryFolder();
        byte[] content = new byte[MemoryBudget.SmallFile + 1];
        new Random(2).NextBytes(content);
        string path = folder.PathOf("a.bmp");
        File.WriteAllBytes(path, content);

        using (var file = new EncodedFile(ArrayPool<byte>.Shared, path))
        {
            Assert.IsTrue(file.Bytes.SequenceEqual(content));
            Assert.AreEqual((content.Length, 0), (file.Held, file.HeldForPicture));
        }

        using (var file = new EncodedFile(ArrayPool<byte>.Shared, path, new PictureMemory(1000, 20, 10)))
        {
            Assert.AreEqual((content.Length + 1000, 1000), (file.Held, file.HeldForPicture));
        }

        File.WriteAllBytes(path, content[..^1]);
        using (var file = new EncodedFile(ArrayPool<byte>.Shared, path))
        {
            Assert.AreEqual((0, 0), (file.Held, file.HeldForPicture));
        }
    }

    [TestMethod]
    public void A_large_file_gives_the_same_crop_as_its_content()
    {
        // 70 MB, more than what comes from the pool: 24 bits a pixel.
        const int Width = 5000, Height = 4700, Header = 54;
        byte[] bmp = new byte[Header + (3 * Width * Height)];
        ((byte[])
        [
            .. "BM"u8, .. BitConverter.GetBytes(bmp.Length), 0, 0, 0, 0, Header, 0, 0, 0,
            40, 0, 0, 0, .. BitConverter.GetBytes(Width), .. BitConverter.GetBytes(Height), 1, 0, 24, 0,
        ]).CopyTo(bmp, 0);
        new Random(3).NextBytes(bmp.AsSpan(Header));
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("a.bmp");
        File.WriteAllBytes(path, bmp);
        var preprocessor = new ImagePreprocessor(PreprocessingPresets.Get(PreprocessingPresets.Squash, 32, 32));
        byte[] expected = new byte[preprocessor.Length];
        byte[] crop = new byte[preprocessor.Length];

        preprocessor.Crop(bmp, expected);
        preprocessor.Crop(path, crop);

        CollectionAssert.AreEqual(expected, crop);
    }

    private static byte[] Read(string path)
    {
        using var file = new EncodedFile(ArrayPool<byte>.Shared, path);
        return file.Bytes.ToArray();
    }
}
