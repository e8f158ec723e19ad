namespace MlNetMobileViT.Tool;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    /// <summary>Every input was handled.</summary>
    public const int Success = 0;

    /// <summary>The run is complete, and some inputs failed; the output says which and why.</summary>
    public const int SomeFailed = 1;

    /// <summary>Wrong usage, an unusable model, or an output that cannot be written.</summary>
    public const int Unusable = 2;

    /// <summary>Stopped by Ctrl+C: 128 + SIGINT, as shells and schedulers expect.</summary>
    public const int Stopped = 130;
}
