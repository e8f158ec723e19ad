namespace MlNetMobileViT;

/// <summary>
/// The pixels of a row are missing, because the step that should have made them could not and was asked to go on. The row's
/// values are missing too, whatever this step does about images that it cannot read itself.
/// </summary>
internal sealed class MissingPixelsException(string message) : Exception(message);
