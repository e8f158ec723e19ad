using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MlNetMobileViT.WebService;

/// <summary>What the description of the API says beyond what can be seen from the code.</summary>
internal static class OpenApi
{
    /// <summary>Gives the document its title.</summary>
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer(static (document, _, _) =>
    {
        document.Info.Title = "MobileViT";
        document.Info.Description = "Names what is in pictures.";
        return Task.CompletedTask;
    });

    /// <summary>Says that the body is a form with files, or the bytes of a picture.</summary>
    public static Task DescribeUploads(OpenApiOperation operation)
    {
        var bytes = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var form = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["files"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = bytes },
            },
        };
        foreach ((string type, OpenApiMediaType content) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            content.Schema = type == "multipart/form-data" ? form : bytes;
        }

        return Task.CompletedTask;
    }
}
