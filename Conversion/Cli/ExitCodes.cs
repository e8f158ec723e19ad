namespace MlNetMobileViT.Conversion;

/// <summary>The exit codes of the command line.</summary>
internal static class ExitCodes
{
    /// <summary>Everything went well.</summary>
    public const int Success = 0;

    /// <summary>A model was checked, and a check failed.</summary>
    public const int CheckFailed = 1;

    /// <summary>Wrong usage, or a file that cannot be used.</summary>
    public const int Error = 2;

    /// <summary>Stopped by Ctrl+C: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
