using System.Diagnostics.CodeAnalysis;

namespace MlNetMobileViT;

/// <summary>The turns of a model's calls: so many of them compute at once, and the others wait.</summary>
/// <remarks>
/// A thread that waits for a <see cref="SemaphoreSlim"/> spins before it sleeps, which takes the processors from the calls that
/// compute. Here it sleeps at once: 16 threads on 2 processors have 97 % of a pipeline's throughput ("Benchmarks -- calls"). Whoever
/// comes when a turn is free takes it, also before those that wait: to wake one of them for each image costs more still. Tasks wait
/// in line.
/// </remarks>
/// <param name="count">How many.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing, and calls may outlive the model.")]
internal sealed class Turns(int count)
{
    private readonly object _gate = new();
    private readonly SemaphoreSlim _free = new(count);

    /// <summary>How many are free.</summary>
    public int Free => _free.CurrentCount;

    /// <summary>Waits for a turn and takes it; <see cref="Return"/> has to follow.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public void Take(CancellationToken cancellationToken = default)
    {
        if (_free.Wait(0, cancellationToken))
        {
            return;
        }

        using CancellationTokenRegistration cancellation = cancellationToken.Register(WakeAll);
        lock (_gate)
        {
            try
            {
                while (!_free.Wait(0, cancellationToken))
                {
                    Monitor.Wait(_gate);
                }
            }
            catch (OperationCanceledException)
            {
                // Perhaps it was woken for a turn, which is then another's.
                Monitor.Pulse(_gate);
                throw;
            }
        }
    }

    /// <inheritdoc cref="Take"/>
    public Task TakeAsync(CancellationToken cancellationToken) => _free.WaitAsync(cancellationToken);

    /// <summary>Gives a turn back.</summary>
    public void Return()
    {
        _free.Release();
        lock (_gate)
        {
            Monitor.Pulse(_gate);
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
