using Microsoft.Extensions.Primitives;

namespace MlNetMobileViT.WebService;

/// <summary>Headers that allow the page its own files and nothing else.</summary>
internal static class SecurityHeaders
{
    private static readonly KeyValuePair<string, StringValues>[] Headers =
    [
        // Thumbnails are made in the browser, from the files that were dropped: blob.
        new("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        new("Cross-Origin-Opener-Policy", "same-origin"),
        new("Cross-Origin-Resource-Policy", "same-origin"),
        new("Referrer-Policy", "no-referrer"),
        new("X-Content-Type-Options", "nosniff"),
    ];

    /// <summary>Adds them to every answer, errors included.</summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use(static (context, next) =>
    {
        // Just before the answer begins: the handler of exceptions clears what was set before.
        context.Response.OnStarting(() =>
        {
            foreach ((string name, StringValues value) in Headers)
            {
                context.Response.Headers[name] = value;
            }

            return Task.CompletedTask;
        });
        return next(context);
    });
}
