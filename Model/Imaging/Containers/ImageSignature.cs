namespace MlNetMobileViT;

/// <summary>Says what bytes are that no decoder took, so that the error tells more than "not an image".</summary>
internal static class ImageSignature
{
    /// <summary>What the bytes look like and what to do about it, as the end of a sentence.</summary>
    public static string Explain(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [] => "it is empty",
        _ when bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) => Unsupported("TIFF"),
        _ when bytes.Length >= 12 && bytes[4..].StartsWith("ftypavi"u8) => Unsupported("AVIF"),
        _ when bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) => Unsupported("HEIF or another ISO media format"),
        _ when bytes.StartsWith("\0\0\0\fjP  "u8) => Unsupported("JPEG 2000"),
        _ when bytes.StartsWith("%PDF"u8) => Unsupported("PDF"),
        _ when FormatOf(bytes) != ImageFormat.Unknown || bytes is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "its header is damaged or cut off; get the file again from where it came from",
        _ => "its content is not an image of a known format; JPEG, PNG, WebP, GIF, BMP and ICO can be read",
    };

    /// <summary>The format that the first bytes tell, whatever the file is called.</summary>
    public static ImageFormat FormatOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xD8, ..] => ImageFormat.Jpeg,
        _ when PngChunks.IsPng(bytes) => ImageFormat.Png,
        _ when bytes.StartsWith("GIF8"u8) => ImageFormat.Gif,
        _ when bytes.StartsWith("BM"u8) => ImageFormat.Bmp,
        [0, 0, 1, 0, ..] => ImageFormat.Ico,
        _ when bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8) => ImageFormat.WebP,
        _ => ImageFormat.Unknown,
    };

    private static string Unsupported(string format) => $"it is {format}, which is not supported; convert it to PNG or JPEG";
}

/// <summary>The formats that can be read, and the rest.</summary>
internal enum ImageFormat
{
    Unknown,
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Ico,
}
