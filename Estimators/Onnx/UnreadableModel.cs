namespace MlNetMobileViT;

/// <summary>What is thrown where a file is no ONNX model: what it looks like instead, and what to do about it.</summary>
internal static class UnreadableModel
{
    /// <summary>The exception for the caller.</summary>
    /// <param name="source">What was read: a path, or a description of the bytes.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="cause">Why it could not be read.</param>
    public static InvalidDataException Error(string source, ReadOnlySpan<byte> bytes, Exception cause) =>
        new($"'{source}' is not a readable ONNX model: {Explain(bytes, cause)}", cause);

    private static string Explain(ReadOnlySpan<byte> bytes, Exception cause) => bytes switch
    {
        [] => "it is empty.",

        [(byte)'P', (byte)'K', 3, 4, ..] =>
            "it is a zip archive. A checkpoint is converted first: MobileViTModel.LoadOfficialAsync loads the official weights, and "
            + "MobileViTConverter.Convert of the package MlNetMobileViT.Conversion, or 'mobilevit convert', converts one's own; a saved "
            + "pipeline is loaded with LoadMobileViT (on the command line, it is for 'predict').",

        // A bare pickle, as PyTorch wrote before its version 1.6, and safetensors, which begins with the length of its JSON.
        [0x80, ..] or [_, _, _, _, _, 0, 0, 0, (byte)'{', ..] =>
            "it looks like a checkpoint. Convert it first: MobileViTModel.LoadOfficialAsync loads the official weights, and "
            + "MobileViTConverter.Convert of the package MlNetMobileViT.Conversion, or 'mobilevit convert', converts one's own.",
        _ when cause.Message.Contains("protobuf", StringComparison.OrdinalIgnoreCase) =>
            "it is cut off or damaged, or not ONNX at all. Copy it again, or convert the checkpoint again.",
        _ => cause.Message,
    };
}
