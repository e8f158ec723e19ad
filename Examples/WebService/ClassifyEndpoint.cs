using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MlNetMobileViT.WebService;

/// <summary><c>POST /classify</c>: pictures in, labels out.</summary>
internal static class ClassifyEndpoint
{
    /// <summary>Maps it.</summary>
    /// <remarks>
    /// No antiforgery token is asked for: one protects what a visitor's cookies allow, and this service knows no visitors and keeps
    /// nothing. Behind a login with cookies, the page would need one; clients that send a header of their own would not.
    /// </remarks>
    public static RouteHandlerBuilder MapClassify(this WebApplication app) => app.MapPost("/classify", ClassifyAsync)
        .Accepts<IFormFile>("multipart/form-data", "image/*", "application/octet-stream")
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status408RequestTimeout)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .AddOpenApiOperationTransformer(static (operation, _, _) => OpenApi.DescribeUploads(operation))
        .WithTags("Pictures")
        .WithSummary("Names what is in pictures.")
        .WithDescription(
            "The body is the content of a picture (JPEG, PNG, WebP, GIF, BMP or ICO), or a form with one or more files. The one "
            + "picture of a request that cannot be read is an error 400; of several, each has its labels or its error.");

    private static async Task<Ok<ClassifyResponse>> ClassifyAsync(
        HttpRequest request, MobileViTModel model, [Range(1, 1000)] int top = 5, CancellationToken cancellationToken = default)
    {
        if (!request.HasFormContentType)
        {
            return TypedResults.Ok(new ClassifyResponse([await ClassifyAsync(request.Body, name: null)]));
        }

        IFormFileCollection files = await ReadFilesAsync(request, cancellationToken);
        var results = new List<PictureResult>();
        foreach (IFormFile file in files)
        {
            string name = Path.GetFileName(file.FileName);
            await using Stream picture = file.OpenReadStream();
            try
            {
                results.Add(await ClassifyAsync(picture, name));
            }
            catch (InvalidDataException exception) when (files.Count > 1)
            {
                results.Add(new PictureResult(name, Error: exception.Message));
            }
        }

        return TypedResults.Ok(new ClassifyResponse(results));

        async Task<PictureResult> ClassifyAsync(Stream picture, string? name)
        {
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<ClassPrediction> predictions = await model.ClassifyAsync(picture, top, name, cancellationToken);
            return new PictureResult(name, predictions, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static async Task<IFormFileCollection> ReadFilesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            IFormFileCollection files = (await request.ReadFormAsync(cancellationToken)).Files;
            return files.Count > 0 ? files : throw new BadHttpRequestException("The form has no file.");
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The form is cut off.", exception);
        }
    }
}
