// A web service over one shared model: POST /classify, a page to drop pictures on, limits, health and OpenAPI.
// dotnet run -c Release --project Examples/WebService [-- [--Model s|model.onnx] [--max-pixels N]]
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using MlNetMobileViT;
using MlNetMobileViT.WebService;

// The page lies beside the program, wherever that was started.
WebApplicationBuilder builder = WebApplication.CreateBuilder(
    new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
// The library's sentence on a picture with too many pixels names the option as the tool spells it.
builder.Configuration.AddCommandLine(args, new Dictionary<string, string> { ["--max-pixels"] = nameof(ServiceOptions.MaxPixels) });
ServiceOptions options = builder.Configuration.Get<ServiceOptions>() ?? new ServiceOptions();

// One model for all requests: its calls are safe from many threads, and share the processors among them. It is disposed when the
// server has stopped, which on Ctrl+C or SIGTERM lets the requests that are under way end first.
MobileViTModel loaded;
try
{
    loaded = await options.LoadModelAsync();
}
catch (Exception exception) when (exception is ArgumentException or IOException or InvalidDataException or HttpRequestException
    or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"error: {exception.Message.ReplaceLineEndings(" ")}");
    return 2;
}

using MobileViTModel model = loaded;
builder.Services.AddSingleton(model);

// A body that is too large is refused by its Content-Length, or where it has none, after so many bytes.
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = options.MaxUploadBytes;
});
builder.Services.Configure<FormOptions>(form =>
{
    form.ValueCountLimit = options.MaxFiles;
    form.MultipartBodyLengthLimit = options.MaxUploadBytes;
    form.MemoryBufferThreshold = options.MaxUploadBytes; // Pictures of strangers never touch the disk.
});

// So many uploads are in memory at once; some more wait for theirs, and the rest are told to come back.
builder.Services.AddRateLimiter(limiter =>
{
    limiter.AddConcurrencyLimiter("uploads", uploads =>
    {
        uploads.PermitLimit = options.MaxUploads;
        uploads.QueueLimit = options.MaxWaiting;
        uploads.QueueProcessingOrder = QueueProcessingOrder.OldestFirst;
    });
    limiter.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
    limiter.OnRejected = static (context, _) =>
    {
        context.HttpContext.Response.Headers.RetryAfter = "1";
        return ValueTask.CompletedTask;
    };
});

// Who sends too slowly must not keep a place for ever.
builder.Services.AddRequestTimeouts(timeouts => timeouts.AddPolicy("uploads", new RequestTimeoutPolicy
{
    Timeout = TimeSpan.FromSeconds(options.MaxSeconds),
    TimeoutStatusCode = StatusCodes.Status408RequestTimeout,
}));

builder.Services.AddProblemDetails(Problems.Explain);
builder.Services.AddExceptionHandler<Problems>();
builder.Services.AddValidation();
builder.Services.AddOpenApi(OpenApi.Describe);
builder.Services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
builder.Services.AddHealthChecks().AddCheck<ModelHealthCheck>("model");

WebApplication app = builder.Build();
app.UseSecurityHeaders();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseRateLimiter();
app.UseRequestTimeouts();

app.MapClassify().RequireRateLimiting("uploads").WithRequestTimeout("uploads");
app.MapModelInfo(options);
app.MapOpenApi();
app.MapHealthChecks("/healthz", new() { ResponseWriter = ModelHealthCheck.WriteAsync });
await app.RunAsync();
return 0;
