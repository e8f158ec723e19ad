using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MlNetMobileViT.WebService;

/// <summary>Says that the model is loaded. It classifies nothing: whoever asks for health asks often.</summary>
internal sealed class ModelHealthCheck(MobileViTModel model) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy($"{model.Title} with {model.Labels.Count} classes is loaded."));

    /// <summary>Writes the answer of <c>/healthz</c>.</summary>
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = report.Status.ToString(),
        Checks = report.Entries.ToDictionary(static entry => entry.Key, static entry => entry.Value.Description),
    });
}
