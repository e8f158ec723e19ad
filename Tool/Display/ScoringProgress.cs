using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlNetMobileViT.Tool;

/// <summary>A progress bar with rate and time left below the rows, on a screen; nothing where output is redirected.</summary>
internal static class ScoringProgress
{
    /// <summary>Does the work, which reports the number of pictures done.</summary>
    /// <param name="terminal">Where the bar is drawn.</param>
    /// <param name="total">The number of pictures once it is known; null where it cannot be.</param>
    /// <param name="work">The work; it may print to the terminal.</param>
    public static void Run(Terminal terminal, Task<long?> total, Action<Action> work)
    {
        if (!terminal.IsInteractive)
        {
            work(static () => { });
            return;
        }

        terminal.Screen.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new CountColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("images", maxValue: double.MaxValue);
                task.IsIndeterminate = true;
                work(() =>
                {
                    if (task.IsIndeterminate && total.IsCompletedSuccessfully && total.Result is { } count)
                    {
                        task.MaxValue = Math.Max(count, 1);
                        task.IsIndeterminate = false;
                    }

                    task.Increment(1);
                });
            });
    }

    /// <summary>How many are done, of how many, and how many a second.</summary>
    private sealed class CountColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            string of = task.IsIndeterminate ? "" : Invariant($" of {task.MaxValue:N0}");
            double seconds = task.ElapsedTime?.TotalSeconds ?? 0;
            string rate = seconds > 0.5
                ? Invariant($", {task.Value / seconds:0.0} images/s")
                : "";
            return new Text(Invariant($"{task.Value:N0}{of}{rate}"));
        }
    }
}
