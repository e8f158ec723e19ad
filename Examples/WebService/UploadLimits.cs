using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;

namespace MlNetMobileViT.WebService;

/// <summary>The limits on uploads: on their size, their number and their time.</summary>
internal static class UploadLimits
{
    /// <summary>Adds them: those of size to the server, the others as policies by the name <c>uploads</c>.</summary>
    public static void AddUploadLimits(this WebApplicationBuilder builder, ServiceOptions options)
    {
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
    }
}
