namespace MlNetMobileViT;

/// <summary>What decoding a picture takes of the <see cref="MemoryBudget"/>.</summary>
/// <param name="Bytes">How much.</param>
/// <param name="Width">The width of the picture in pixels; 0 if it is not known yet.</param>
/// <param name="Height">Its height in pixels.</param>
internal readonly record struct PictureMemory(long Bytes, int Width, int Height);
