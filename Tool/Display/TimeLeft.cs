using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlNetMobileViT.Tool;

/// <summary>The time that work still takes, said as such: a bare 00:01:20 may as well be the time that is gone.</summary>
internal sealed class TimeLeft : ProgressColumn
{
    /// <summary>The time in words, such as <c>3 min 10 s left</c>.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 59.5 } => Invariant($"{time.TotalSeconds:0} s left"),
        { TotalMinutes: < 60 } => Invariant($"{(int)time.TotalMinutes} min {time.Seconds:00} s left"),
        _ => Invariant($"{(long)time.TotalHours} h {time.Minutes:00} min left"),
    };

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.RemainingTime is { } time && !task.IsFinished ? Text(time) : "");
}
