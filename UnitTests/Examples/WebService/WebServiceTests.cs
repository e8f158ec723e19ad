using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using MlNetMobileViT.WebService;

namespace MlNetMobileViT.UnitTests;

/// <summary>The example of a web service, over its HTTP interface.</summary>
[TestClass]
public sealed class WebServiceTests
{
    private static WebServiceFactory _service = null!;
    private static HttpClient _client = null!;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        _ = context;
        _service = new WebServiceFactory();
        _client = _service.CreateClient();
    }

    [ClassCleanup]
    public static async Task Stop()
    {
        _client.Dispose();
        await _service.DisposeAsync();
    }

    [TestMethod]
    [DataRow("image/jpeg")]
    [DataRow("image/png")]
    [DataRow("application/octet-stream")]
    [DataRow(null)]
    public async Task Bytes_get_their_label(string? type)
    {
        foreach (string sample in Demo.Samples)
        {
            PictureResult result = Single(await _client.PostAsync("/classify", Bytes(await File.ReadAllBytesAsync(sample), type)));

            Assert.AreEqual(LabelOf(sample), result.Predictions![0].Label);
            Assert.HasCount(5, result.Predictions);
            Assert.IsNull(result.Name);
            Assert.IsGreaterThan(0, result.Milliseconds!.Value);
        }
    }

    [TestMethod]
    public async Task A_file_of_a_form_gets_its_label()
    {
        foreach (string sample in Demo.Samples)
        {
            PictureResult result = Single(await _client.PostAsync("/classify?top=1", Form(sample)));

            Assert.AreEqual(LabelOf(sample), result.Predictions!.Single().Label);
            Assert.AreEqual(Path.GetFileName(sample), result.Name);
        }
    }

    [TestMethod]
    public async Task A_result_is_what_the_library_says()
    {
        using MobileViTModel model = MobileViTModel.Load(Reference.InRepository("Tool", "Demo", "mobilevit_xxs_shapes.onnx"));

        PictureResult result = Single(await _client.PostAsync("/classify?top=16", Form(Demo.Samples[0])));

        CollectionAssert.AreEqual(model.Classify(Demo.Samples[0], top: 16).ToArray(), result.Predictions!.ToArray());
    }

    [TestMethod]
    public async Task Several_files_get_each_its_label_or_its_error_in_order()
    {
        using MultipartFormDataContent form = Form(Demo.Samples);
        form.Add(new ByteArrayContent("no picture"u8.ToArray()), "files", "letter.jpg");

        ClassifyResponse response = (await Ok(await _client.PostAsync("/classify?top=2", form)).ReadFromJsonAsync<ClassifyResponse>())!;

        string?[] labels = [.. Demo.Samples.Select(LabelOf), null];
        CollectionAssert.AreEqual(labels, response.Results.Select(static result => result.Predictions?[0].Label).ToArray());
        Assert.StartsWith("'letter.jpg' cannot be read as an image", response.Results[^1].Error);
        Assert.AreEqual("letter.jpg", response.Results[^1].Name);
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("-1")]
    [DataRow("1001")]
    [DataRow("many")]
    public async Task A_wrong_top_is_refused(string top)
    {
        ProblemDetails problem = await ProblemOf(await _client.PostAsync($"/classify?top={top}", Form(Demo.Samples[0])), 400);

        Assert.Contains("top", problem.Detail!);
    }

    [TestMethod]
    public async Task An_empty_body_is_refused()
    {
        ProblemDetails problem = await ProblemOf(await _client.PostAsync("/classify", Bytes([], "image/png")), 400);

        Assert.AreEqual("'the image' cannot be read as an image: it is empty.", problem.Detail);
    }

    [TestMethod]
    public async Task A_form_without_a_file_is_refused()
    {
        using var form = new MultipartFormDataContent { { new StringContent("1"), "files" } };

        Assert.AreEqual("The form has no file.", (await ProblemOf(await _client.PostAsync("/classify", form), 400)).Detail);
    }

    [TestMethod]
    public async Task A_file_that_is_no_picture_is_refused_by_its_name()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent("a,b\n"u8.ToArray()), "files", "../table.csv" } };

        string detail = (await ProblemOf(await _client.PostAsync("/classify", form), 400)).Detail!;

        Assert.StartsWith("'table.csv' cannot be read as an image", detail);
    }

    [TestMethod]
    [DataRow("text/plain")]
    [DataRow("application/json")]
    [DataRow("application/x-www-form-urlencoded")]
    [DataRow("video/mp4")]
    public async Task Another_type_is_refused(string type)
    {
        ProblemDetails problem = await ProblemOf(await _client.PostAsync("/classify", Bytes(await File.ReadAllBytesAsync(Demo.Samples[0]), type)), 415);

        Assert.Contains("multipart/form-data", problem.Detail!);
    }

    [TestMethod]
    public async Task More_bytes_than_allowed_are_refused_before_they_are_sent()
    {
        int status = await RawRequest.SendAsync(
            _service.Address, "Content-Type: image/png\nContent-Length: 20971521", RawRequest.Whole([]));

        Assert.AreEqual(413, status);
    }

    [TestMethod]
    public async Task Who_comes_when_all_places_are_taken_is_told_to_come_back()
    {
        await using var service = new WebServiceFactory(("MaxUploads", "1"), ("MaxWaiting", "0"), ("MaxSeconds", "60"));
        using HttpClient client = service.CreateClient();
        byte[] picture = await File.ReadAllBytesAsync(Demo.Samples[0]);
        TaskCompletionSource finish;
        Task<int> slow;
        HttpResponseMessage refused;
        for (int pause = 0; ; pause += 20)
        {
            finish = new TaskCompletionSource();
            slow = RawRequest.SendAsync(
                service.Address, $"Content-Type: image/jpeg\nContent-Length: {picture.Length}", InHalves(picture, finish.Task));
            await Task.Delay(pause);
            refused = await client.PostAsync("/classify", Bytes(picture, "image/jpeg"));
            if (!refused.IsSuccessStatusCode)
            {
                break;
            }

            // This one had the place before the slow one came: both begin anew, and the slow one has longer to come first.
            refused.Dispose();
            finish.SetResult();
            await slow;
        }

        Assert.AreEqual("1", refused.Headers.RetryAfter?.ToString());
        Assert.Contains("try again", (await ProblemOf(refused, 503)).Detail!);
        Assert.AreEqual(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        finish.SetResult();
        Assert.AreEqual(200, await slow);
        Ok(await client.PostAsync("/classify", Bytes(picture, "image/jpeg")));
    }

    [TestMethod]
    public async Task Who_sends_too_slowly_loses_the_place()
    {
        await using var service = new WebServiceFactory(("MaxSeconds", "1"));

        int status = await RawRequest.SendAsync(
            service.Address,
            "Content-Type: image/jpeg\nContent-Length: 1000",
            RawRequest.Repeated([0xFF], 1000, TimeSpan.FromMilliseconds(50)));

        Assert.AreEqual(408, status);
    }

    [TestMethod]
    public async Task The_description_of_the_api_names_what_may_be_sent_and_answered()
    {
        using JsonDocument document = JsonDocument.Parse(await _client.GetStringAsync("/openapi/v1.json"));

        JsonElement classify = document.RootElement.GetProperty("paths").GetProperty("/classify").GetProperty("post");
        JsonElement body = classify.GetProperty("requestBody").GetProperty("content");
        string[] types = ["multipart/form-data", "image/*", "application/octet-stream"];
        CollectionAssert.AreEquivalent(types, body.EnumerateObject().Select(static type => type.Name).ToArray());
        Assert.AreEqual("binary", body.GetProperty("image/*").GetProperty("schema").GetProperty("format").GetString());
        string[] statuses = ["200", "400", "408", "413", "415", "503"];
        CollectionAssert.AreEquivalent(
            statuses, classify.GetProperty("responses").EnumerateObject().Select(static response => response.Name).ToArray());
        JsonElement top = classify.GetProperty("parameters")[0];
        Assert.AreEqual("top", top.GetProperty("name").GetString());
        Assert.AreEqual(1000, top.GetProperty("schema").GetProperty("maximum").GetInt32());
    }

    [TestMethod]
    public async Task Health_says_that_the_model_is_loaded()
    {
        string health = await Ok(await _client.GetAsync("/healthz")).ReadAsStringAsync();

        Assert.AreEqual("""{"status":"Healthy","checks":{"model":"MobileViT-XXS with 16 classes is loaded."}}""", health);
    }

    [TestMethod]
    public async Task The_model_says_what_it_knows()
    {
        ModelInfo model = (await _client.GetFromJsonAsync<ModelInfo>("/model"))!;

        Assert.IsTrue(model.IsDemo);
        Assert.HasCount(16, model.Labels);
        Assert.AreEqual(20 << 20, model.MaxUploadBytes);
    }

    [TestMethod]
    [DataRow("/", "text/html")]
    [DataRow("/page.css", "text/css")]
    [DataRow("/page.js", "text/javascript")]
    [DataRow("/icon.svg", "image/svg+xml")]
    public async Task The_page_is_served_and_may_load_nothing_from_elsewhere(string path, string type)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);

        Assert.AreEqual(type, response.Content.Headers.ContentType?.MediaType);
        AssertHeaders(response);
        string text = await Ok(response).ReadAsStringAsync();
        Assert.DoesNotContain("https://", text);
        Assert.DoesNotContain("innerHTML", text);
        Assert.DoesNotContain("style=", text);
        Assert.DoesNotContain("onclick=", text);
    }

    [TestMethod]
    public async Task Errors_have_the_headers_too()
    {
        AssertHeaders(await _client.GetAsync("/nothing"));
        AssertHeaders(await _client.PostAsync("/classify", Bytes([1, 2, 3], "image/png")));
    }

    private static void AssertHeaders(HttpResponseMessage response)
    {
        string policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.AreEqual("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> InHalves(byte[] body, Task between)
    {
        yield return body.AsMemory(0, body.Length / 2);
        await between;
        yield return body.AsMemory(body.Length / 2);
    }

    private static string LabelOf(string sample) => Path.GetFileNameWithoutExtension(sample).Replace('_', ' ');

    private static ByteArrayContent Bytes(byte[] content, string? type) =>
        new(content) { Headers = { ContentType = type is null ? null : new MediaTypeHeaderValue(type) } };

    private static MultipartFormDataContent Form(params string[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (string file in files)
        {
            form.Add(new ByteArrayContent(File.ReadAllBytes(file)), "files", Path.GetFileName(file));
        }

        return form;
    }

    private static HttpContent Ok(HttpResponseMessage response)
    {
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        return response.Content;
    }

    private static PictureResult Single(HttpResponseMessage response) =>
        JsonSerializer.Deserialize<ClassifyResponse>(Ok(response).ReadAsStream(), JsonSerializerOptions.Web)!.Results.Single();

    private static async Task<ProblemDetails> ProblemOf(HttpResponseMessage response, int status)
    {
        Assert.AreEqual(status, (int)response.StatusCode);
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        ProblemDetails problem = (await response.Content.ReadFromJsonAsync<ProblemDetails>())!;
        Assert.AreEqual(status, problem.Status);
        return problem;
    }

    [TestMethod]
    [DataRow("--Model", "gone.onnx", "'gone.onnx'")]
    [DataRow("--Model", "xl", "'xl'")]
    [DataRow("--Model", ".", "'.'")]
    [DataRow("--max-pixels", "0", "MaxPixels")]
    public void A_wrong_setting_is_refused_in_one_sentence(string option, string value, string words)
    {
        using var folder = new TemporaryFolder();
        Start(folder, option, value).AssertRefused(words);
    }

    [TestMethod]
    public void A_model_that_is_none_is_refused_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("text.onnx"), "no model");
        Start(folder, "--Model", "text.onnx").AssertRefused("text.onnx");
    }

    private static ExampleRun Start(TemporaryFolder folder, string option, string value) => ExampleRun.Of(
        new ProcessStartInfo("dotnet", ["exec", typeof(ServiceOptions).Assembly.Location, "--urls", "http://127.0.0.1:0", option, value])
        {
            WorkingDirectory = folder.Root,
        });
}
