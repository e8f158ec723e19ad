namespace MlNetMobileViT.Conversion;

/// <summary>A picture that shows a quantizer what the model will see.</summary>
/// <param name="Path">The file.</param>
/// <param name="Label">The label of its class, one of the model's; null where it is unknown.</param>
public sealed record CalibrationImage(string Path, string? Label = null);
