using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MlNetMobileViT.Tool;

/// <summary>
/// Ctrl+C and requests to end stop a command, which keeps what is done; where it does not stop in time, because a worker waits
/// for a disk or for another program, the process ends all the same.
/// </summary>
/// <remarks>
/// Blocked workers may take every thread of the pool, and a blocked terminal every write to it. So the end waits on a thread of
/// its own, and says what it has to say on another.
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    // What a person waits for after Ctrl+C before pressing it again, and far less than what schedulers wait before they kill.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.8);
    private static readonly TimeSpan PatienceForWords = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan PatienceForExit = TimeSpan.FromSeconds(0.9);

    // .NET hands SIGHUP to the pool, which makes a thread for it at once only while there are fewer than this.
    private const int PoolThreads = 1100;

    private readonly CancellationTokenSource _stopping;
    private readonly ManualResetEventSlim _signalled = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens until disposed.</summary>
    /// <param name="unanswered">Says that the process ends without waiting any longer.</param>
    /// <param name="exitCode">What the process returns then.</param>
    /// <param name="cancellationToken">Stops the command as well.</param>
    public StopSignals(Action unanswered, int exitCode, CancellationToken cancellationToken)
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreads), completions);
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Start(() => EndInTime(unanswered, exitCode));
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
                .Select(signal => PosixSignalRegistration.Create(signal, Stop)),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stopping.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _ended.Set();
        _signalled.Set();
        _stopping.Dispose();
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Stop(PosixSignalContext signal)
    {
        // A second signal is left to end the process at once.
        signal.Cancel = !_signalled.IsSet;
        if (signal.Cancel)
        {
            _signalled.Set();
            _stopping.Cancel();
        }
    }

    private void EndInTime(Action unanswered, int exitCode)
    {
        _signalled.Wait();
        if (_ended.Wait(Patience))
        {
            return;
        }

        Start(unanswered).Join(PatienceForWords);
        Start(() => Environment.Exit(exitCode)).Join(PatienceForExit);
        using var process = Process.GetCurrentProcess();
        process.Kill();
    }
}
