using MlNetMobileViT.Conversion;
using Spectre.Console;

namespace MlNetMobileViT.Tool;

/// <summary>A progress bar of a download, on a screen and while bytes arrive; nothing where output is redirected.</summary>
internal sealed class DownloadBar : IProgress<DownloadProgress>
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DownloadProgress _last;
    private ProgressTask? _task;

    private DownloadBar()
    {
    }

    /// <summary>Does work that may begin with a download.</summary>
    /// <param name="terminal">Where the bar is drawn.</param>
    /// <param name="name">What is downloaded.</param>
    /// <param name="work">The work; what it is given is told how far the download is.</param>
    public static async Task<T> RunAsync<T>(Terminal terminal, string name, Func<IProgress<DownloadProgress>?, Task<T>> work)
    {
        if (!terminal.IsInteractive)
        {
            return await work(null).ConfigureAwait(false);
        }

        var bar = new DownloadBar();
        Task<T> working = work(bar);
        await Task.WhenAny(working, bar._begun.Task).ConfigureAwait(false);
        if (!working.IsCompleted)
        {
            await terminal.Screen.Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn(),
                    new ProgressBarColumn(),
                    new DownloadedColumn(),
                    new TransferSpeedColumn(),
                    new TimeLeft())
                .StartAsync(context =>
                {
                    bar._task = context.AddTask(name);
                    bar.Draw();
                    return Task.WhenAny(working, bar._ended.Task);
                })
                .ConfigureAwait(false);
        }

        return await working.ConfigureAwait(false);
    }

    public void Report(DownloadProgress value)
    {
        _last = value;
        Draw();
        _begun.TrySetResult();
        if (value.BytesReceived == value.TotalBytes)
        {
            _ended.TrySetResult();
        }
    }

    private void Draw()
    {
        if (_task is not { } task)
        {
            return;
        }

        task.IsIndeterminate = _last.TotalBytes is null;
        task.MaxValue = _last.TotalBytes ?? task.MaxValue;
        task.Value = _last.BytesReceived;
    }
}
