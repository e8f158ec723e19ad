namespace MlNetMobileViT.Tool;

/// <summary>The progress of scoring images.</summary>
internal static class ScoringProgress
{
    /// <summary>Does the work, which reports each picture that is done.</summary>
    /// <param name="terminal">Where progress is shown.</param>
    /// <param name="total">The number of pictures once it is known, <paramref name="before"/> among them; null where it cannot be.</param>
    /// <param name="work">The work; it may print to the terminal.</param>
    /// <param name="before">How many an earlier run did.</param>
    public static void Run(Terminal terminal, Task<long?> total, Action<Action> work, long before = 0) =>
        WorkProgress.Run(terminal, "images", total, progress => work(progress.Advance), before);
}
