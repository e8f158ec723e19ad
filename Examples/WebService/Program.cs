// A web service over one shared model: POST /classify, a page to drop pictures on, limits, health and OpenAPI.
// dotnet run -c Release --project Examples/WebService [-- [--Model s|model.onnx] [--max-pixels N]]
using System.Text.Json.Serialization;
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

builder.AddUploadLimits(options);
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
