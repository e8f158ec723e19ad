namespace MlNetMobileViT.Conversion;

/// <summary>How much fits on a disk.</summary>
internal static class DiskSpace
{
    /// <summary>The free bytes where a folder is; null where the system does not say, as for Windows' network shares.</summary>
    public static long? FreeIn(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
