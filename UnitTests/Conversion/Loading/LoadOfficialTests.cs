using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class LoadOfficialTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _told = [];

    private string Cache => _folder.PathOf("cache");

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_model_is_downloaded_and_converted_once_and_people_are_told()
    {
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        using (MobileViTModel model = await LoadAsync(server.Address))
        {
            Assert.AreEqual("xxs", model.Metadata.Variant);
            Assert.AreEqual(PreprocessingPresets.Get(PreprocessingPresets.Cvnets), model.Preprocessing);
            CollectionAssert.AreEqual(ImageNet1k.Labels.ToArray(), model.Labels.ToArray());
        }

        CollectionAssert.AreEqual(
            new[]
            {
                $"Downloading {new Uri(server.Address, "mobilevit_xxs.pt")}.",
                "The weights are Apple's, under Apple's own license: https://github.com/apple/ml-cvnets/blob/main/LICENSE.",
            },
            _told.ToArray());

        // The second time neither network nor converter is needed.
        DateTime written = File.GetLastWriteTimeUtc(Converted().Single());
        using MobileViTModel again = await LoadAsync(server.Address, offline: true);
        Assert.HasCount(2, _told);
        Assert.HasCount(1, server.Requests);
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(Converted().Single()));
    }

    [TestMethod]
    public async Task Callers_at_once_share_one_download_and_one_conversion()
    {
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        MobileViTModel[] models = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => LoadAsync(server.Address)));
        Array.ForEach(models, static model => model.Dispose());
        Assert.HasCount(1, server.Requests);
        Assert.HasCount(2, _told.Where(static told => !told.StartsWith("Waiting", StringComparison.Ordinal)));
        Assert.HasCount(1, Converted());
    }

    [TestMethod]
    [DataRow("model")]
    [DataRow("weights")]
    public async Task What_was_damaged_in_the_cache_is_made_again(string what)
    {
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        (await LoadAsync(server.Address)).Dispose();
        string damaged = what == "model" ? Converted().Single() : Path.Combine(Cache, "mobilevit_xxs.pt");
        byte[] good = File.ReadAllBytes(damaged);
        File.WriteAllBytes(damaged, good[..^1000]);

        (await LoadAsync(server.Address)).Dispose();

        CollectionAssert.AreEqual(good, File.ReadAllBytes(damaged));
        Assert.HasCount(what == "model" ? 1 : 2, server.Requests);
    }

    [TestMethod]
    public async Task A_mirror_needs_no_slash_at_its_end()
    {
        using var server = FileServer.Serving(TestCheckpoint.Xxs);
        (await LoadAsync(new Uri(server.Address.AbsoluteUri.TrimEnd('/')))).Dispose();
        Assert.AreEqual("/weights/mobilevit_xxs.pt", server.Requests.Single().Path);
    }

    [TestMethod]
    public async Task A_download_that_is_stopped_goes_on_with_the_next_call()
    {
        byte[] content = TestCheckpoint.Xxs;
        using var stop = new CancellationTokenSource();
        using var server = FileServer.Start(async request =>
        {
            if (request.Index > 0)
            {
                await request.SendFileAsync(content, "\"v1\"");
                return;
            }

            await request.SendHeadAsync("200 OK", $"ETag: \"v1\"\r\nContent-Length: {content.Length}\r\n");
            await request.SendAsync(content.AsMemory(0, 1000));
            await Task.Delay(Timeout.Infinite, request.Stopped);
        });
        var progress = new AtOnce(download =>
        {
            if (download.BytesReceived == 1000)
            {
                stop.Cancel();
            }
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => LoadAsync(server.Address, progress: progress, token: stop.Token));
        Assert.IsEmpty(Converted());

        (await LoadAsync(server.Address)).Dispose();
        Assert.AreEqual(1000, server.Requests.Last().RangeStart);
    }

    [TestMethod]
    public async Task Without_a_network_the_message_says_where_to_put_the_file()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var nobody = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        listener.Stop();
        string byHand = Path.Combine(Cache, "mobilevit_xxs.pt");
        var dead = await Assert.ThrowsExactlyAsync<HttpRequestException>(() => LoadAsync(nobody));
        StringAssert.Contains(dead.Message, byHand);
        var offline = await Assert.ThrowsExactlyAsync<FileNotFoundException>(() => LoadAsync(nobody, offline: true));
        StringAssert.Contains(offline.Message, "MobileViTLoadOptions.Offline");
        StringAssert.Contains(offline.Message, byHand);

        File.WriteAllBytes(byHand, TestCheckpoint.Xxs);
        (await LoadAsync(nobody, offline: true)).Dispose();
    }

    [TestMethod]
    [DataRow("xl", null, null, "the names are xxs, xs, s")]
    [DataRow("xxs", "weights/", null, "an address that begins with https:// or http://")]
    [DataRow("xxs", "ftp://localhost/", null, "an address that begins with https:// or http://")]
    [DataRow("xxs", null, "", "The cache folder is empty")]
    public async Task Wrong_arguments_are_said_in_a_sentence(string name, string? mirror, string? cache, string part)
    {
        var options = new MobileViTLoadOptions
        {
            CacheFolder = cache ?? Cache,
            Mirror = mirror is null ? null : new Uri(mirror, UriKind.RelativeOrAbsolute),
        };
        var error = await Assert.ThrowsExactlyAsync<ArgumentException>(
            () => MobileViTModel.LoadOfficialAsync(name, options, cancellationToken: TestContext.CancellationToken));
        StringAssert.Contains(error.Message, part);
        Assert.IsFalse(Directory.Exists(Cache));
    }

    /// <summary>A plain console project finds the extension by its using, and two processes may start at once.</summary>
    [TestMethod]
    public async Task Two_processes_that_start_at_once_share_a_cache()
    {
        Directory.CreateDirectory(Cache);
        File.WriteAllBytes(Path.Combine(Cache, "mobilevit_xxs.pt"), TestCheckpoint.Xxs);
        string[] labels = await Task.WhenAll(RunFirstModelAsync(), RunFirstModelAsync());
        Assert.AreEqual(labels[0], labels[1]);
        Assert.Contains(labels[0], ImageNet1k.Labels);
        string model = Converted().Single();
        CollectionAssert.AreEquivalent(
            new[] { "mobilevit_xxs.pt", "mobilevit_xxs.pt.sha256", Path.GetFileName(model), Path.GetFileName(model) + ".lock" },
            Directory.GetFiles(Cache).Select(Path.GetFileName).ToArray());
    }

    private async Task<string> RunFirstModelAsync()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "FirstModel.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, "xxs", Demo.Samples[0]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [WeightsCache.EnvironmentVariable] = Cache },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual(0, process.ExitCode, await error);
        return output.Trim();
    }

    private string[] Converted() => Directory.GetFiles(Cache, "*.onnx");

    private Task<MobileViTModel> LoadAsync(
        Uri mirror, bool offline = false, IProgress<DownloadProgress>? progress = null, CancellationToken? token = null) =>
        MobileViTModel.LoadOfficialAsync(
            "xxs",
            new MobileViTLoadOptions { CacheFolder = Cache, Mirror = mirror, Offline = offline, Notify = _told.Enqueue },
            progress,
            token ?? TestContext.CancellationToken);

    /// <summary>Reports at once; <see cref="Progress{T}"/> posts to other threads.</summary>
    private sealed class AtOnce(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
