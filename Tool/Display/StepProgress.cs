using MlNetMobileViT.Conversion;
using Spectre.Console;

namespace MlNetMobileViT.Tool;

/// <summary>A progress bar for each step of a quantization, on a screen; nothing where output is redirected.</summary>
internal sealed class StepProgress : IProgress<QuantizationProgress>
{
    private readonly Lock _gate = new();
    private readonly ProgressContext _context;
    private ProgressTask? _task;

    private StepProgress(ProgressContext context) => _context = context;

    /// <summary>Does the work, which reports its steps.</summary>
    public static async Task<T> RunAsync<T>(Terminal terminal, Func<IProgress<QuantizationProgress>?, Task<T>> work) =>
        terminal.IsInteractive
            ? await terminal.Screen.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new TimeLeft(), new SpinnerColumn())
                .StartAsync(context => work(new StepProgress(context)))
                .ConfigureAwait(false)
            : await work(null).ConfigureAwait(false);

    public void Report(QuantizationProgress value)
    {
        string step = Markup.Escape(value.Step);
        lock (_gate)
        {
            if (_task?.Description != step)
            {
                _task?.StopTask();
                _task = _context.AddTask(step, maxValue: Math.Max(value.Total, 1));
            }

            _task.Value = value.Done;
        }
    }
}
