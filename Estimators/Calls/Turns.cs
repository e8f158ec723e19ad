namespace MlNetMobileViT;

/// <summary>The turns of a model's calls: so many of them compute at once, and the others wait.</summary>
/// <remarks>
/// Who comes when a turn is free takes it, and the others stand in a line, threads and tasks alike: a turn that is given back goes to
/// the first of them. A thread of the caller's own waits beside the line for a while first, for to wake another thread for each image
/// takes the processors from the calls that compute. It joins the line in the end, so that nobody waits without end.
/// </remarks>
/// <param name="count">How many.</param>
internal sealed class Turns(int count)
{
    private const int MillisecondsBesideTheLine = 500;

    private readonly object _gate = new();
    private readonly LinkedList<Waiter> _line = [];

    // None as long as somebody stands in the line.
    private int _free = count;

    /// <summary>How many are free.</summary>
    public int Free
    {
        get
        {
            lock (_gate)
            {
                return _free;
            }
        }
    }

    /// <summary>Waits for a turn and takes it; <see cref="Return"/> has to follow.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public void Take(CancellationToken cancellationToken = default)
    {
        Task turn;
        lock (_gate)
        {
            // A thread of the pool waits for a task at once: of that the pool knows, and brings more threads for the calls whose turn
            // has come. And only the line can be left at once.
            if (!cancellationToken.CanBeCanceled && !Thread.CurrentThread.IsThreadPoolThread)
            {
                WaitBesideTheLine();
            }

            turn = TakeAsync(cancellationToken);
        }

        turn.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Take"/>
    public Task TakeAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            var waiter = new Waiter(this);
            waiter.Join(cancellationToken);
            return waiter.Task;
        }
    }

    /// <summary>Gives a turn back.</summary>
    public void Return()
    {
        lock (_gate)
        {
            if (_line.First is { } first)
            {
                first.Value.Call();
                return;
            }

            _free++;
            Monitor.Pulse(_gate);
        }
    }

    private void WaitBesideTheLine()
    {
        long end = Environment.TickCount64 + MillisecondsBesideTheLine;
        for (long left = MillisecondsBesideTheLine; _free == 0 && left > 0; left = end - Environment.TickCount64)
        {
            Monitor.Wait(_gate, (int)left);
        }
    }

    /// <summary>A place in the line. What waits for its task goes on elsewhere, not under the lock.</summary>
    private sealed class Waiter(Turns turns) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private LinkedListNode<Waiter>? _place;
        private CancellationTokenRegistration _cancellation;

        /// <summary>Takes a place at the end. Under the lock.</summary>
        public void Join(CancellationToken cancellationToken)
        {
            _place = turns._line.AddLast(this);
            _cancellation = cancellationToken.UnsafeRegister(static (waiter, token) => ((Waiter)waiter!).Leave(token), this);
        }

        /// <summary>Gets a turn. Under the lock.</summary>
        public void Call()
        {
            turns._line.Remove(_place!);
            _place = null;
            _cancellation.Unregister(); // Unlike Dispose, it does not wait for one that is under way and wants the lock.
            SetResult();
        }

        private void Leave(CancellationToken cancellationToken)
        {
            lock (turns._gate)
            {
                if (_place is not null)
                {
                    turns._line.Remove(_place);
                    _place = null;
                    SetCanceled(cancellationToken);
                }
            }
        }
    }
}
