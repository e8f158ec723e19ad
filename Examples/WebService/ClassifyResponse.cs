using System.Text.Json.Serialization;

namespace MlNetMobileViT.WebService;

/// <summary>What <c>POST /classify</c> answers.</summary>
/// <param name="Results">A result for each picture, in the order of the files.</param>
internal sealed record ClassifyResponse(IReadOnlyList<PictureResult> Results);

/// <summary>What is in a picture.</summary>
/// <param name="Name">The name of its file, where it came with one.</param>
/// <param name="Predictions">The most likely classes, most likely first.</param>
/// <param name="Milliseconds">How long it took to receive what was left of it, to wait for a turn, to decode and to score.</param>
/// <param name="Error">Why it could not be read; there are no predictions then.</param>
internal sealed record PictureResult(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ClassPrediction>? Predictions = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Milliseconds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);
