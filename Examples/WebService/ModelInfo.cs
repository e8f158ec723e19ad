namespace MlNetMobileViT.WebService;

/// <summary>What the model is, and what may be sent to it; the page shows it.</summary>
/// <param name="Name">The name of the network.</param>
/// <param name="IsDemo">Whether it is the model that comes along.</param>
/// <param name="Labels">The classes that it knows.</param>
/// <param name="MaxUploadBytes">The most bytes that a request may have.</param>
internal sealed record ModelInfo(string Name, bool IsDemo, IReadOnlyList<string> Labels, int MaxUploadBytes);

/// <summary><c>GET /model</c>.</summary>
internal static class ModelInfoEndpoint
{
    /// <summary>Maps it.</summary>
    public static RouteHandlerBuilder MapModelInfo(this WebApplication app, ServiceOptions options) => app
        .MapGet("/model", (MobileViTModel model) => new ModelInfo(
            model.Title, options.Model == "demo", model.Labels, options.MaxUploadBytes))
        .WithTags("Model")
        .WithSummary("Says what the model is, and what may be sent to it.");

    extension(MobileViTModel model)
    {
        /// <summary>The name of the network, such as <c>MobileViT-S</c>.</summary>
        public string Title => $"{model.Metadata.ModelName}";
    }
}
