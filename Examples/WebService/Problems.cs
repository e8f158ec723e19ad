using Microsoft.AspNetCore.Diagnostics;

namespace MlNetMobileViT.WebService;

/// <summary>Errors as problem details (RFC 9457), with the sentence of whoever found them.</summary>
internal sealed class Problems(IProblemDetailsService writer) : IExceptionHandler
{
    /// <summary>Says what a bare status means here.</summary>
    public static void Explain(ProblemDetailsOptions options) => options.CustomizeProblemDetails = static context =>
        context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
        {
            _ when context.ProblemDetails is HttpValidationProblemDetails { Errors.Values: var errors } =>
                string.Join(' ', errors.SelectMany(static sentences => sentences)),
            StatusCodes.Status408RequestTimeout => "The upload took too long.",
            StatusCodes.Status415UnsupportedMediaType =>
                "Send a form (multipart/form-data) with files, or the bytes of a picture as image/… or application/octet-stream.",
            StatusCodes.Status503ServiceUnavailable => "Too many pictures at once; try again in a second.",
            _ => null,
        };

    /// <inheritdoc/>
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        int? status = exception switch
        {
            BadHttpRequestException request => request.StatusCode,
            InvalidDataException => StatusCodes.Status400BadRequest, // The library's word for what is no picture.
            _ => null,
        };
        if (status is null)
        {
            return ValueTask.FromResult(false); // Ours: logged, and answered with 500 and no detail.
        }

        httpContext.Response.StatusCode = status.Value;
        return writer.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = status, Detail = exception.Message },
        });
    }
}
