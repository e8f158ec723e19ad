namespace MlNetMobileViT.Conversion;

/// <summary>How far a download is.</summary>
/// <param name="BytesReceived">The bytes on disk, those of an earlier, broken download included.</param>
/// <param name="TotalBytes">The length of the file in bytes; null where the server does not say.</param>
public readonly record struct DownloadProgress(long BytesReceived, long? TotalBytes);
