using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>Progress for logs: a plain line every half minute.</summary>
[TestClass]
public sealed class WorkProgressTests
{
    [TestMethod]
    [DataRow(null, "images", 100L, 40L, 10, "progress: 50 of 100 images, 0.3 images/s, 2 min 30 s left\n")]
    [DataRow(null, "images", null, 0L, 3, "progress: 3 images, 0.1 images/s\n")]
    [DataRow(null, "images", 100L, 40L, 0, "progress: 40 of 100 images\n")]
    [DataRow("trainer sdca, fold 2 of 5", "trainings", 5L, 0L, 1, "progress: trainer sdca, fold 2 of 5: 1 of 5 trainings, 2 min 00 s left\n")]
    public void A_line_says_what_is_done_and_what_is_left(string? phase, string unit, long? total, long before, int done, string line)
    {
        Assert.AreEqual(line, LinesOf(isErrorInteractive: false, unit, total, before, phase, done).ReplaceLineEndings("\n"));
        Assert.AreEqual("", LinesOf(isErrorInteractive: true, unit, total, before, phase, done));
    }

    [TestMethod]
    [DataRow(5, "5 s left")]
    [DataRow(61, "1 min 01 s left")]
    [DataRow(93_600, "26 h 00 min left")]
    public void Time_left_is_called_so(int seconds, string text) => Assert.AreEqual(text, TimeLeft.Text(TimeSpan.FromSeconds(seconds)));

    private static string LinesOf(bool isErrorInteractive, string unit, long? total, long before, string? phase, int done)
    {
        using var error = new StringWriter();
        var time = new ManualTime();
        var terminal = new Terminal(TextReader.Null, TextWriter.Null, error, isInteractive: false, isErrorInteractive, time);
        WorkProgress.Run(
            terminal,
            unit,
            Task.FromResult(total),
            progress =>
            {
                progress.Phase = phase;
                for (int i = 0; i < done; i++)
                {
                    progress.Advance();
                }

                time.Pass(WorkProgress.Interval);
            },
            before);
        return error.ToString();
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;
        private TimerCallback? _callback;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            return System.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Pass(TimeSpan time)
        {
            _now += time.Ticks;
            _callback?.Invoke(null);
        }
    }
}
