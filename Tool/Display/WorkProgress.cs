using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlNetMobileViT.Tool;

/// <summary>
/// How far a piece of work is: a bar below the rows on a screen, and a plain line every half minute where the error stream is no
/// terminal, for logs.
/// </summary>
internal sealed class WorkProgress
{
    /// <summary>How often a line is written.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // What is said of the speed before this would be chance.
    private static readonly TimeSpan FirstRate = TimeSpan.FromSeconds(0.5);

    private readonly TimeProvider _time;
    private readonly string _unit;
    private readonly Task<long?> _total;
    private readonly long _before;
    private readonly long _start;
    private long _done;
    private Action _advanced = static () => { };

    private WorkProgress(TimeProvider time, string unit, Task<long?> total, long before)
    {
        (_time, _unit, _total, _before) = (time, unit, total, before);
        _start = time.GetTimestamp();
    }

    /// <summary>What is being done, where that changes on the way: a fold and its trainer.</summary>
    public string? Phase { get; set; }

    private long? Total => _total.IsCompletedSuccessfully ? _total.Result : null;

    private long Count => _before + Volatile.Read(ref _done);

    /// <summary>Does the work, which reports each unit that is done.</summary>
    /// <param name="terminal">Where progress is shown.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="total">How many there are, <paramref name="before"/> among them, once it is known; null where it cannot be.</param>
    /// <param name="work">The work; it may print to the terminal.</param>
    /// <param name="before">How many an earlier run did, from which the count goes on.</param>
    public static void Run(Terminal terminal, string unit, Task<long?> total, Action<WorkProgress> work, long before = 0)
    {
        var progress = new WorkProgress(terminal.Time, unit, total, before);
        using ITimer? lines = terminal.IsErrorInteractive
            ? null
            : terminal.Time.CreateTimer(_ => progress.WriteLine(terminal.Error), null, Interval, Interval);
        if (!terminal.IsInteractive)
        {
            work(progress);
            return;
        }

        terminal.Screen.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new DescriptionColumn(progress), new SpinnerColumn())
            .Start(context =>
            {
                ProgressTask bar = context.AddTask(unit, maxValue: double.MaxValue);
                bar.IsIndeterminate = true;
                progress._advanced = () =>
                {
                    if (progress.Total is { } count)
                    {
                        bar.MaxValue = Math.Max(count, 1);
                        bar.IsIndeterminate = false;
                    }

                    bar.Value = progress.Count;
                };
                work(progress);
            });
    }

    /// <summary>One more unit is done.</summary>
    public void Advance()
    {
        Interlocked.Increment(ref _done);
        _advanced();
    }

    /// <summary>How many are done, of how many, how many a second, and how long the others take.</summary>
    public override string ToString()
    {
        long done = Volatile.Read(ref _done);
        double seconds = _time.GetElapsedTime(_start).TotalSeconds;
        bool hasRate = done > 0 && seconds > FirstRate.TotalSeconds;
        string phase = Phase is null ? "" : $"{Phase}: ";
        string of = Total is { } total ? Invariant($" of {total:N0}") : "";
        // Of a phase, as of a fold, none is done in most seconds.
        string rate = hasRate && Phase is null ? Invariant($", {done / seconds:0.0} {_unit}/s") : "";
        string left = hasRate && Total > Count ? $", {TimeLeft.Text(TimeSpan.FromSeconds((Total.Value - Count) * seconds / done))}" : "";
        return Invariant($"{phase}{Count:N0}{of} {_unit}{rate}{left}");
    }

    private void WriteLine(TextWriter error)
    {
        try
        {
            error.WriteLine($"progress: {this}");
        }
        catch (IOException)
        {
            // On the timer's thread it would end the process, and whoever reads the lines is gone.
        }
    }

    private sealed class DescriptionColumn(WorkProgress progress) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(progress.ToString());
    }
}
