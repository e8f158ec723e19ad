using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class OfficialWeightsTests : IDisposable
{
    private static readonly byte[] Content = MakeContent(seed: 1);
    private readonly TemporaryFolder _folder = new();

    private string CachedPath => _folder.PathOf("cache", "mobilevit_xxs.pt");

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("xxs")]
    [DataRow("xs")]
    [DataRow("s")]
    public void The_address_is_the_published_one(string name) =>
        Assert.AreEqual(
            $"https://docs-assets.developer.apple.com/ml-research/models/cvnets/classification/mobilevit_{name}.pt",
            PublishedWeights.Get(name).Address.AbsoluteUri);

    [TestMethod]
    public async Task A_file_is_downloaded_once_and_its_checksum_recorded()
    {
        using var server = FileServer.Serving(Content);
        var progress = new Progress();
        Assert.AreEqual(CachedPath, await GetAsync(server, progress: progress));
        AssertCached();
        Assert.AreEqual("/weights/mobilevit_xxs.pt", server.Requests.Single().Path);
        Assert.AreEqual(
            $"{Convert.ToHexStringLower(SHA256.HashData(Content))}  mobilevit_xxs.pt\n",
            File.ReadAllText(CachedPath + ".sha256"));
        Assert.AreEqual(new DownloadProgress(Content.Length, Content.Length), progress.Reports.Last());
        CollectionAssert.AreEqual(
            progress.Reports.Select(report => report.BytesReceived).Order().ToArray(),
            progress.Reports.Select(report => report.BytesReceived).ToArray());

        await GetAsync(server);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task A_start_is_announced_once_and_only_where_something_is_downloaded()
    {
        var announced = new List<Uri>();
        using var server = FileServer.Start(request =>
            request.Index == 0 ? request.SendHeadAsync("503 Busy") : request.SendFileAsync(Content, "\"v1\""));
        await GetAsync(server, options => options with { DownloadStarting = announced.Add });
        await GetAsync(server, options => options with { DownloadStarting = announced.Add });
        Assert.AreEqual(new Uri(server.Address, "mobilevit_xxs.pt"), announced.Single());
    }

    [TestMethod]
    public async Task A_download_that_breaks_off_goes_on_where_it_was()
    {
        using var server = FileServer.Start(async request =>
        {
            if (request.Index == 0)
            {
                await request.SendHeadAsync("200 OK", $"ETag: \"v1\"\r\nContent-Length: {Content.Length}\r\n");
                await request.SendAsync(Content.AsMemory(0, Content.Length / 2));
                return;
            }

            await request.SendFileAsync(Content, "\"v1\"");
        });
        await GetAsync(server);
        AssertCached();
        FileRequest second = server.Requests.ElementAt(1);
        Assert.AreEqual(Content.Length / 2, second.RangeStart);
        Assert.AreEqual("\"v1\"", second.Header("If-Range"));
    }

    [TestMethod]
    public async Task A_later_run_goes_on_where_a_stopped_one_was()
    {
        using var stop = new CancellationTokenSource();
        using var server = FileServer.Start(async request =>
        {
            if (request.Index == 0)
            {
                await request.SendHeadAsync(
                    "200 OK", $"Last-Modified: Thu, 09 Dec 2021 10:00:00 GMT\r\nContent-Length: {Content.Length}\r\n");
                await request.SendAsync(Content.AsMemory(0, 1000));
                await Task.Delay(Timeout.Infinite, request.Stopped);
            }

            await request.SendHeadAsync(
                "206 Partial Content",
                $"Content-Range: bytes 1000-{Content.Length - 1}/{Content.Length}\r\nContent-Length: {Content.Length - 1000}\r\n");
            await request.SendAsync(Content.AsMemory(1000));
        });
        var progress = new Progress { Reported = report => { if (report.BytesReceived == 1000) { stop.Cancel(); } } };
        await Assert.ThrowsAsync<OperationCanceledException>(() => GetAsync(server, progress: progress, token: stop.Token));
        Assert.IsFalse(File.Exists(CachedPath));

        await GetAsync(server);
        AssertCached();
        Assert.AreEqual(1000, server.Requests.Last().RangeStart);
        Assert.AreEqual("Thu, 09 Dec 2021 10:00:00 GMT", server.Requests.Last().Header("If-Range"));
    }

    [TestMethod]
    [DataRow("server ignores ranges")]
    [DataRow("file changed since")]
    [DataRow("range refused")]
    [DataRow("other range than asked")]
    [DataRow("other version than asked")]
    [DataRow("no version known")]
    public async Task A_download_that_cannot_go_on_starts_afresh(string why)
    {
        byte[] changed = MakeContent(seed: 2);
        using var server = FileServer.Start(async request =>
        {
            if (request.Index == 0)
            {
                string version = why == "no version known" ? "ETag: W/\"weak\"\r\n" : "ETag: \"v0\"\r\n";
                await request.SendHeadAsync("200 OK", $"{version}Content-Length: {Content.Length}\r\n");
                await request.SendAsync(Content.AsMemory(0, 5000));
                return;
            }

            bool ranged = request.Header("Range") is not null;
            Assert.AreEqual(why != "no version known", ranged || request.Index > 1);
            switch (why)
            {
                case "range refused" when ranged:
                    await request.SendHeadAsync("416 Range Not Satisfiable");
                    break;
                case "other range than asked" when ranged:
                    await request.SendHeadAsync(
                        "206 Partial Content", $"Content-Range: bytes 0-9/{Content.Length}\r\nContent-Length: 10\r\n");
                    await request.SendAsync(Content.AsMemory(0, 10));
                    break;
                case "other version than asked" when ranged:
                    await request.SendHeadAsync(
                        "206 Partial Content",
                        $"ETag: \"v1\"\r\nContent-Range: bytes 5000-{changed.Length - 1}/{changed.Length}\r\n"
                        + $"Content-Length: {changed.Length - 5000}\r\n");
                    await request.SendAsync(changed.AsMemory(5000));
                    break;
                default:
                    await request.SendFileAsync(changed, "\"v1\"");
                    break;
            }
        });
        await GetAsync(server);
        AssertCached(changed);
    }

    [TestMethod]
    public async Task A_slow_server_is_waited_for_as_long_as_it_sends_something()
    {
        using var server = FileServer.Start(async request =>
        {
            await request.SendHeadAsync("200 OK", $"Content-Length: {Content.Length}\r\n");
            foreach (byte[] chunk in Content.Chunk(Content.Length / 8))
            {
                await Task.Delay(50, request.Stopped);
                await request.SendAsync(chunk);
            }
        });
        await GetAsync(server);
        AssertCached();
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task A_silent_server_is_an_error_that_says_where_to_put_the_file()
    {
        using var server = FileServer.Start(request => Task.Delay(Timeout.Infinite, request.Stopped));
        await AssertDownloadFailsAsync(
            server, options => options with { SilenceTimeout = TimeSpan.FromSeconds(0.2), Attempts = 2 }, "silent");
        Assert.HasCount(2, server.Requests);
    }

    [TestMethod]
    [DataRow("404 Not Found", 1)]
    [DataRow("403 Forbidden", 1)]
    [DataRow("500 Internal Server Error", 3)]
    [DataRow("429 Too Many Requests", 3)]
    public async Task A_refusal_is_an_error_and_only_a_passing_one_is_tried_again(string status, int requests)
    {
        using var server = FileServer.Start(request => request.SendHeadAsync(status));
        await AssertDownloadFailsAsync(server, options => options with { Attempts = 3 }, status);
        Assert.HasCount(requests, server.Requests);
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(-100)]
    public async Task A_wrong_length_is_never_taken_for_the_file(int tooMany)
    {
        // Without a validator every try starts from zero, and none gets further than the first.
        byte[] more = new byte[Math.Max(-tooMany, 0)];
        using var server = FileServer.Start(async request =>
        {
            await request.SendHeadAsync("200 OK", $"Content-Length: {Content.Length + Math.Max(tooMany, 0)}\r\n");
            await request.SendAsync((byte[])[.. Content, .. more]);
        });
        if (tooMany > 0)
        {
            await AssertDownloadFailsAsync(server, options => options with { Attempts = 2 }, $"{Content.Length} bytes");
            return;
        }

        // What a server sends beyond the length it gave is not part of the file.
        await GetAsync(server);
        AssertCached();
    }

    [TestMethod]
    public async Task An_empty_file_is_refused()
    {
        using var server = FileServer.Start(request => request.SendHeadAsync("200 OK"));
        await AssertDownloadFailsAsync(server, options => options with { Attempts = 2 }, "0 bytes");
    }

    [TestMethod]
    public async Task A_file_without_a_length_is_taken_to_its_end()
    {
        using var server = FileServer.Start(async request =>
        {
            await request.SendHeadAsync("200 OK", "Transfer-Encoding: chunked\r\n");
            foreach (byte[] chunk in Content.Chunk(Content.Length / 2))
            {
                await request.SendAsync(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
                await request.SendAsync(chunk);
                await request.SendAsync("\r\n"u8.ToArray());
            }

            await request.SendAsync("0\r\n\r\n"u8.ToArray());
        });
        var progress = new Progress();
        await GetAsync(server, progress: progress);
        AssertCached();
        Assert.IsNull(progress.Reports.Last().TotalBytes);
    }

    [TestMethod]
    public async Task A_web_page_is_not_taken_for_the_file()
    {
        using var server = FileServer.Start(async request =>
        {
            await request.SendHeadAsync("200 OK", "Content-Type: text/html; charset=utf-8\r\nContent-Length: 4\r\n");
            await request.SendAsync("<a/>"u8.ToArray());
        });
        await AssertDownloadFailsAsync(server, options => options, "web page");
        Assert.IsFalse(File.Exists(CachedPath + ".sha256"));
    }

    [TestMethod]
    [DataRow("something else", "not a checkpoint")]
    [DataRow("cut off", "outside the file")]
    [DataRow("another variant", "MobileViT-S")]
    public async Task What_is_not_the_weights_does_not_enter_the_cache(string what, string reason)
    {
        byte[] content = what switch
        {
            "something else" => [.. Enumerable.Repeat((byte)7, 5000)],
            "cut off" => Content[..^100],
            _ => Content,
        };
        string name = what == "another variant" ? "s" : "xxs";
        using var server = FileServer.Serving(content);
        var error = await Assert.ThrowsExactlyAsync<InvalidDataException>(
            () => OfficialWeights.GetAsync(name, Options(server.Address), null, TestContext.CancellationToken));
        StringAssert.Contains(error.Message, new Uri(server.Address, $"mobilevit_{name}.pt").AbsoluteUri);
        StringAssert.Contains(error.Message, reason);
        Assert.AreEqual(_folder.PathOf("cache", $"mobilevit_{name}.pt.lock"), Directory.GetFiles(_folder.PathOf("cache")).Single());
    }

    [TestMethod]
    public async Task A_connection_that_brings_a_few_bytes_at_a_time_is_given_up()
    {
        using var server = FileServer.Start(async request =>
        {
            // Always a little further, and then the end.
            int start = request.RangeStart;
            string range = start == 0 ? "" : $"Content-Range: bytes {start}-{Content.Length - 1}/{Content.Length}\r\n";
            await request.SendHeadAsync(
                start == 0 ? "200 OK" : "206 Partial Content",
                $"ETag: \"v1\"\r\n{range}Content-Length: {Content.Length - start}\r\n");
            await request.SendAsync(Content.AsMemory(start, 100));
        });
        await AssertDownloadFailsAsync(server, options => options, "800 bytes");
        Assert.HasCount(8, server.Requests);
    }

    [TestMethod]
    public async Task A_connection_that_brings_a_megabyte_at_a_time_is_not()
    {
        const int Part = 500_000;
        using var server = FileServer.Start(async request =>
        {
            int start = request.RangeStart;
            string range = start == 0 ? "" : $"Content-Range: bytes {start}-{Content.Length - 1}/{Content.Length}\r\n";
            await request.SendHeadAsync(
                start == 0 ? "200 OK" : "206 Partial Content",
                $"ETag: \"v1\"\r\n{range}Content-Length: {Content.Length - start}\r\n");
            await request.SendAsync(Content.AsMemory(start, Math.Min(Part, Content.Length - start)));
        });
        await GetAsync(server);
        AssertCached();
        Assert.IsGreaterThan(8, server.Requests.Count);
    }

    [TestMethod]
    public async Task No_more_than_the_announced_size_is_read_of_a_part()
    {
        using var server = FileServer.Start(async request =>
        {
            if (request.Index == 0)
            {
                await request.SendHeadAsync("200 OK", $"ETag: \"v1\"\r\nContent-Length: {Content.Length}\r\n");
                await request.SendAsync(Content.AsMemory(0, 5000));
                return;
            }

            // The rest has no length of its own and does not end where the range does.
            await request.SendHeadAsync(
                "206 Partial Content", $"ETag: \"v1\"\r\nContent-Range: bytes 5000-{Content.Length - 1}/{Content.Length}\r\n");
            await request.SendAsync((byte[])[.. Content[5000..], .. new byte[3000]]);
        });
        await GetAsync(server);
        AssertCached();
    }

    [TestMethod]
    public async Task A_lock_that_is_held_is_waited_for_and_said()
    {
        using var server = FileServer.Serving(Content);
        Directory.CreateDirectory(_folder.PathOf("cache"));
        string path = CachedPath + ".lock";
        var said = new TaskCompletionSource<string>();
        Task<string> waiting;
        using (var holder = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            waiting = GetAsync(server, options => options with { WaitingForLock = said.SetResult });
            Assert.AreEqual(path, await said.Task.WaitAsync(TestContext.CancellationToken));
            Assert.IsFalse(waiting.IsCompleted);
        }

        await waiting;
        AssertCached();
    }

    [TestMethod]
    public async Task A_lock_that_cannot_be_opened_is_an_error_and_not_waited_for()
    {
        // A folder of its name cannot be opened by anybody, root included.
        Directory.CreateDirectory(CachedPath + ".lock");
        using var server = FileServer.Serving(Content);
        var error = await Assert.ThrowsExactlyAsync<IOException>(
            () => GetAsync(server, options => options with { WaitingForLock = path => Assert.Fail(path) }));
        StringAssert.Contains(error.Message, _folder.PathOf("cache"));
        StringAssert.Contains(error.Message, "MOBILEVIT_CACHE");
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    [DataRow(30, false, DisplayName = "a read-only file system")]
    [DataRow(28, false, DisplayName = "a full disk")]
    [DataRow(unchecked((int)0x80070020), true, DisplayName = "a sharing violation on Windows")]
    [DataRow(unchecked((int)0x80070005), false, DisplayName = "access denied on Windows")]
    public void Only_a_file_that_somebody_holds_is_waited_for(int error, bool isHeld) => Assert.AreEqual(isHeld, FileLock.IsHeld(error));

    [TestMethod]
    public async Task A_record_that_cannot_be_written_does_not_matter_to_a_good_file()
    {
        // As on a read-only file system: the name of the record is taken by a folder.
        Directory.CreateDirectory(_folder.PathOf("cache"));
        File.WriteAllBytes(CachedPath, Content);
        Directory.CreateDirectory(CachedPath + ".sha256");
        using var server = FileServer.Serving(Content);
        Assert.AreEqual(CachedPath, await GetAsync(server));
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    public async Task Redirects_are_followed_and_a_resumed_download_follows_them_too()
    {
        using var target = FileServer.Start(async request =>
        {
            if (request.Index == 0)
            {
                await request.SendHeadAsync("200 OK", $"ETag: \"v1\"\r\nContent-Length: {Content.Length}\r\n");
                await request.SendAsync(Content.AsMemory(0, 2000));
                return;
            }

            await request.SendFileAsync(Content, "\"v1\"");
        });
        using var server = FileServer.Start(request => request.SendHeadAsync(
            "302 Found", $"Location: {new Uri(target.Address, "moved.pt")}\r\nContent-Length: 0\r\n"));
        await GetAsync(server);
        AssertCached();
        Assert.AreEqual(2000, target.Requests.Last().RangeStart);
    }

    [TestMethod]
    public async Task A_redirect_in_a_circle_ends()
    {
        using var server = FileServer.Start(request => request.SendHeadAsync(
            "302 Found", $"Location: {request.Path}\r\nContent-Length: 0\r\n"));
        await AssertDownloadFailsAsync(server, options => options, "302");
    }

    [TestMethod]
    public async Task A_damaged_file_is_downloaded_again()
    {
        using var server = FileServer.Serving(Content);
        await GetAsync(server);
        File.WriteAllBytes(CachedPath, Content[..^1]);
        await GetAsync(server);
        AssertCached();
        Assert.HasCount(2, server.Requests);
    }

    [TestMethod]
    public async Task A_file_that_changed_on_the_server_is_refused_with_both_checksums()
    {
        using (var server = FileServer.Serving(Content))
        {
            await GetAsync(server);
        }

        File.Delete(CachedPath);
        byte[] changed = MakeContent(seed: 2);
        using var later = FileServer.Serving(changed, "\"v2\"");
        var error = await Assert.ThrowsExactlyAsync<InvalidDataException>(() => GetAsync(later));
        StringAssert.Contains(error.Message, Convert.ToHexStringLower(SHA256.HashData(Content)));
        StringAssert.Contains(error.Message, Convert.ToHexStringLower(SHA256.HashData(changed)));
        StringAssert.Contains(error.Message, CachedPath + ".sha256");
        Assert.IsFalse(File.Exists(CachedPath));

        File.Delete(CachedPath + ".sha256");
        await GetAsync(later);
        AssertCached(changed);
    }

    [TestMethod]
    public async Task Offline_never_touches_the_network()
    {
        using var server = FileServer.Serving(Content);
        var error = await Assert.ThrowsExactlyAsync<FileNotFoundException>(
            () => GetAsync(server, options => options with { Offline = true }));
        StringAssert.Contains(error.Message, CachedPath);
        StringAssert.Contains(error.Message, new Uri(server.Address, "mobilevit_xxs.pt").AbsoluteUri);
        Assert.IsEmpty(server.Requests);
        Assert.IsFalse(Directory.Exists(_folder.PathOf("cache")));

        Directory.CreateDirectory(_folder.PathOf("cache"));
        File.WriteAllBytes(CachedPath, Content);
        Assert.AreEqual(CachedPath, await GetAsync(server, options => options with { Offline = true }));

        File.WriteAllBytes(CachedPath, Content[1..]);
        var damaged = await Assert.ThrowsExactlyAsync<InvalidDataException>(
            () => GetAsync(server, options => options with { Offline = true }));
        StringAssert.Contains(damaged.Message, "damaged");
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    public async Task A_dead_network_is_an_error_that_says_where_to_put_the_file()
    {
        // A port that was free a moment ago: nobody listens.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        listener.Stop();
        var error = await Assert.ThrowsExactlyAsync<HttpRequestException>(
            () => OfficialWeights.GetAsync("xxs", Options(address) with { Attempts = 2 }, null, TestContext.CancellationToken));
        AssertSaysWhatToDo(error, address);
    }

    [TestMethod]
    public async Task Callers_at_once_share_one_download()
    {
        using var server = FileServer.Start(async request =>
        {
            await Task.Delay(100, request.Stopped);
            await request.SendFileAsync(Content, "\"v1\"");
        });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => GetAsync(server)));
        AssertCached();
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task A_cache_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder.PathOf("cache"), "a file where the folder should be");
        using var server = FileServer.Serving(Content);
        var error = await Assert.ThrowsExactlyAsync<IOException>(() => GetAsync(server));
        StringAssert.Contains(error.Message, _folder.PathOf("cache"));
        StringAssert.Contains(error.Message, "MOBILEVIT_CACHE");
    }

    [TestMethod]
    public async Task A_broken_checksum_record_is_named()
    {
        Directory.CreateDirectory(_folder.PathOf("cache"));
        File.WriteAllBytes(CachedPath, Content);
        File.WriteAllText(CachedPath + ".sha256", "hello");
        using var server = FileServer.Serving(Content);
        var error = await Assert.ThrowsExactlyAsync<InvalidDataException>(() => GetAsync(server));
        StringAssert.Contains(error.Message, CachedPath + ".sha256");
    }

    [TestMethod]
    [DataRow("xl")]
    [DataRow("../xxs")]
    [DataRow("")]
    public async Task Only_the_published_names_are_known(string name) =>
        await Assert.ThrowsExactlyAsync<ArgumentException>(
            () => OfficialWeights.GetAsync(name, cancellationToken: TestContext.CancellationToken));

    /// <summary>Weights of the variant that the tests ask for; another seed gives another last number.</summary>
    private static byte[] MakeContent(byte seed)
    {
        byte[] bytes = CheckpointWriter.Write(CheckpointContainer.Safetensors, TestTensor.Formula(MobileViTVariants.Get("xxs")));
        bytes[^sizeof(float)] = seed;
        return bytes;
    }

    private OfficialWeightsOptions Options(Uri address) => new()
    {
        CacheFolder = _folder.PathOf("cache"),
        BaseAddress = address,
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    private Task<string> GetAsync(
        FileServer server,
        Func<OfficialWeightsOptions, OfficialWeightsOptions>? change = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken? token = null)
    {
        var options = Options(server.Address);
        return OfficialWeights.GetAsync(
            "xxs", change?.Invoke(options) ?? options, progress, token ?? TestContext.CancellationToken);
    }

    private async Task AssertDownloadFailsAsync(
        FileServer server, Func<OfficialWeightsOptions, OfficialWeightsOptions> change, string reason)
    {
        var error = await Assert.ThrowsExactlyAsync<HttpRequestException>(() => GetAsync(server, change));
        StringAssert.Contains(error.Message, reason);
        AssertSaysWhatToDo(error, server.Address);
        Assert.IsFalse(File.Exists(CachedPath));
    }

    private void AssertSaysWhatToDo(HttpRequestException error, Uri address)
    {
        StringAssert.Contains(error.Message, new Uri(address, "mobilevit_xxs.pt").AbsoluteUri);
        StringAssert.Contains(error.Message, CachedPath);
    }

    private void AssertCached(byte[]? content = null)
    {
        CollectionAssert.AreEqual(content ?? Content, File.ReadAllBytes(CachedPath));
        CollectionAssert.AreEquivalent(
            new[] { CachedPath, CachedPath + ".sha256", CachedPath + ".lock" },
            Directory.GetFiles(_folder.PathOf("cache")));
    }

    /// <summary>Reports at once, in order; <see cref="Progress{T}"/> posts to other threads.</summary>
    private sealed class Progress : IProgress<DownloadProgress>
    {
        public ConcurrentQueue<DownloadProgress> Reports { get; } = [];

        public Action<DownloadProgress>? Reported { get; init; }

        public void Report(DownloadProgress value)
        {
            Reports.Enqueue(value);
            Reported?.Invoke(value);
        }
    }
}
