using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class AtomicFileTests
{
    [TestMethod]
    public async Task What_fails_leaves_the_old_file_and_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.csv");
        File.WriteAllText(path, "old");
        await Assert.ThrowsExactlyAsync<FormatException>(() => AtomicFile.WriteAsync(path, stream =>
        {
            stream.WriteByte(1);
            throw new FormatException();
        }));
        Assert.AreEqual("old", await File.ReadAllTextAsync(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Root));
    }

    [TestMethod]
    public async Task An_error_names_the_file_and_not_the_temporary_one()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.csv");
        // A folder that came into being meanwhile lets the last rename fail.
        Directory.CreateDirectory(Path.Combine(path, "full"));
        Exception error = await Assert.ThrowsAsync<Exception>(() => AtomicFile.WriteAsync(path, _ => Task.CompletedTask));
        Assert.IsTrue(error is IOException or UnauthorizedAccessException, error.ToString());
        Assert.Contains(path, error.Message);
        Assert.DoesNotContain(".tmp", error.Message);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_pipe_is_not_replaced()
    {
        using var folder = new TemporaryFolder();
        Shell.Run("mkfifo", folder.PathOf("r.csv"));
        Assert.Contains("is a pipe", Assert.ThrowsExactly<ArgumentException>(() => AtomicFile.RequireWritable(folder.PathOf("r.csv"))).Message);
    }

    [TestMethod]
    public void Free_space_is_known_here_and_unknown_where_the_system_does_not_say()
    {
        Assert.IsGreaterThan(0, DiskSpace.FreeIn(Path.GetTempPath())!.Value);
        Assert.IsNull(DiskSpace.FreeIn("\0"));
    }
}
