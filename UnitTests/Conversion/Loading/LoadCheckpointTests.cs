using System.Collections.Concurrent;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class LoadCheckpointTests : IDisposable
{
    private static readonly ConversionOptions Conversion = new() { Height = 64, Width = 64 };
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _told = [];

    private string Cache => _folder.PathOf("cache");

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_model_is_converted_once_for_each_checkpoint_and_options()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        await LoadAsync(checkpoint);
        string first = Converted().Single();
        DateTime written = File.GetLastWriteTimeUtc(first);
        CollectionAssert.AreEqual(
            new[] { $"Converting '{checkpoint}' into the cache." }, _told.Take(1).ToArray());
        StringAssert.StartsWith(_told.ElementAt(1), "Strides");
        StringAssert.StartsWith(_told.ElementAt(2), "Assumed");
        Assert.HasCount(3, _told);

        await LoadAsync(checkpoint);
        Assert.HasCount(3, _told);
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(first));

        await LoadAsync(checkpoint, Conversion with { Portable = true });
        Assert.HasCount(2, Converted());

        // Another checkpoint of the same name.
        TestCheckpoint.Write(_folder, TestCheckpoint.Zip(TestModels.Tiny.WithClasses(3)));
        Assert.AreEqual(3, await LoadAsync(checkpoint));
        Assert.HasCount(3, Converted());
    }

    [TestMethod]
    public async Task A_damaged_model_is_converted_again()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        await LoadAsync(checkpoint);
        string model = Converted().Single();
        byte[] good = File.ReadAllBytes(model);
        File.WriteAllBytes(model, good[..100]);
        _told.Clear();

        Assert.AreEqual(5, await LoadAsync(checkpoint));

        CollectionAssert.AreEqual(good, File.ReadAllBytes(model));
        Assert.AreEqual($"'{model}' is damaged, and is converted again.", _told.First());
    }

    [TestMethod]
    public async Task Callers_at_once_share_one_conversion()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => LoadAsync(checkpoint)));
        Assert.ContainsSingle(_told.Where(static told => told.StartsWith("Converting", StringComparison.Ordinal)));
        Assert.HasCount(1, Converted());
    }

    [TestMethod]
    public async Task Another_process_is_waited_for_and_the_wait_can_be_stopped()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        Directory.CreateDirectory(Cache);
        string path = Path.Combine(Cache, ConvertedModelCache.FileName(checkpoint, Conversion)) + ".lock";
        using var stop = new CancellationTokenSource();
        var told = new TaskCompletionSource<string>();
        using var holder = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Task<MobileViTModel> waiting = MobileViTModel.LoadCheckpointAsync(
            checkpoint, Conversion, new MobileViTLoadOptions { CacheFolder = Cache, Notify = told.SetResult }, stop.Token);

        StringAssert.Contains(await told.Task.WaitAsync(TestContext.CancellationToken), path);
        Assert.IsFalse(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        Assert.IsEmpty(Converted());

        Task<int> next = LoadAsync(checkpoint);
        await holder.DisposeAsync();
        Assert.AreEqual(5, await next);
    }

    [TestMethod]
    public async Task A_folder_that_cannot_be_written_is_an_error_with_a_way_out()
    {
        // A name that is too long for the temporary file stops root as well, which permissions do not.
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny, new string('n', 220) + ".pt");
        var error = await Assert.ThrowsExactlyAsync<IOException>(() => LoadAsync(checkpoint));
        StringAssert.Contains(error.Message, "cannot be written");
        StringAssert.Contains(error.Message, "MOBILEVIT_CACHE (MobileViTLoadOptions.CacheFolder)");
        Assert.IsEmpty(Converted());
    }

    [TestMethod]
    public async Task What_is_wrong_is_said_before_anything_is_written()
    {
        string checkpoint = TestCheckpoint.Write(_folder, TestCheckpoint.Tiny);
        string absent = _folder.PathOf("absent.pt");
        var error = await Assert.ThrowsExactlyAsync<FileNotFoundException>(() => LoadAsync(absent));
        Assert.AreEqual($"There is no checkpoint file '{absent}'.", error.Message);
        await Assert.ThrowsExactlyAsync<InvalidDataException>(() => LoadAsync(_folder.Root));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => LoadAsync(""));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => LoadAsync(checkpoint, Conversion with { Height = 65 }));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => LoadAsync(checkpoint, Conversion with { Architecture = "{}" }));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => MobileViTModel.LoadCheckpointAsync(
            checkpoint, Conversion, new MobileViTLoadOptions { CacheFolder = "" }, TestContext.CancellationToken));
        await Assert.ThrowsExactlyAsync<ArgumentOutOfRangeException>(() => MobileViTModel.LoadCheckpointAsync(
            checkpoint,
            Conversion,
            new MobileViTLoadOptions { CacheFolder = Cache, Model = new MobileViTModelOptions { IntraOpNumThreads = -1 } },
            TestContext.CancellationToken));
        Assert.IsFalse(Directory.Exists(Cache));
    }

    private string[] Converted() => Directory.GetFiles(Cache, "*.onnx");

    /// <summary>Loads a checkpoint, and gives its number of classes.</summary>
    private async Task<int> LoadAsync(string checkpoint, ConversionOptions? conversion = null)
    {
        using MobileViTModel model = await MobileViTModel.LoadCheckpointAsync(
            checkpoint,
            conversion ?? Conversion,
            new MobileViTLoadOptions { CacheFolder = Cache, Notify = _told.Enqueue },
            TestContext.CancellationToken);
        return model.Labels.Count;
    }
}
