using System.Runtime.InteropServices;

namespace MlNetMobileViT.Conversion.Cli;

/// <summary>
/// Ctrl+C and requests to end stop a command, which keeps what is done; where it does not stop in time, because a worker waits
/// for a disk or for another program, the process ends all the same.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // What a person waits for after Ctrl+C before pressing it again, and far less than what schedulers wait before they kill.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private readonly CancellationTokenSource _stopping;
    private readonly Timer _end;
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens until disposed.</summary>
    /// <param name="unanswered">Says that the process ends without waiting any longer.</param>
    /// <param name="exitCode">What the process returns then.</param>
    /// <param name="cancellationToken">Stops the command as well.</param>
    public StopSignals(Action unanswered, int exitCode, CancellationToken cancellationToken)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _end = new Timer(_ =>
        {
            unanswered();
            Environment.Exit(exitCode);
        });
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

        _end.Dispose();
        _stopping.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        // A second signal is left to end the process at once.
        signal.Cancel = !_stopping.IsCancellationRequested;
        if (!signal.Cancel)
        {
            return;
        }

        _end.Change(Patience, Timeout.InfiniteTimeSpan);
        _stopping.Cancel();
    }
}
