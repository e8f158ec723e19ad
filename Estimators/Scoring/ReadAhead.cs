using System.Runtime.ExceptionServices;

namespace MlNetMobileViT;

/// <summary>
/// Scores the rows of a sequence side by side and hands them out in order. Rows are read ahead into a ring of slots on the
/// thread of the consumer, scored on threads of the pool, and their slots used again once the consumer has moved on: memory
/// does not grow with the data.
/// </summary>
/// <remarks>
/// Workers never wait: one that finds nothing to score ends, and new rows start it again. So nothing is left running when a
/// consumer goes away halfway, whether it disposes or not. A consumer that has to wait for a row which nobody has begun
/// scores it itself, so that a starved thread pool slows things down but cannot stop them.
/// </remarks>
internal sealed class ReadAhead : IThreadPoolWorkItem, IDisposable
{
    private const int BatchesPerThread = 4;

    private readonly object _gate = new();
    private readonly IRowScorer _scorer;
    private readonly ImageSource _images;
    private readonly Func<int, bool> _readRow;
    private readonly RowResult[] _results;
    private readonly bool[] _isScored;
    private readonly int _threads;

    // Rows are numbered from 0; row r is in slot r mod the number of slots.
    private long _current = -1;
    private long _begun;
    private long _read;
    private bool _inputEnded;
    private ExceptionDispatchInfo? _inputError;
    private int _workers;
    private int _scoring;
    private bool _disposed;

    /// <summary>Creates a sequence.</summary>
    /// <param name="scorer">What scores rows.</param>
    /// <param name="images">The images, by slot.</param>
    /// <param name="readRow">Reads the next row into a slot; false where there is none.</param>
    /// <param name="badImages">What to do about images that cannot be read.</param>
    /// <param name="threads">The most threads that score at once.</param>
    public ReadAhead(
        IRowScorer scorer, ImageSource images, Func<int, bool> readRow, BadImageHandling badImages, int threads)
    {
        _scorer = scorer;
        _images = images;
        _readRow = readRow;
        _threads = threads;
        _results = new RowResult[SlotCount(scorer, threads)];
        _isScored = new bool[_results.Length];
        for (int i = 0; i < _results.Length; i++)
        {
            _results[i] = new RowResult(scorer.Columns, badImages);
        }
    }

    /// <summary>The slot of the current row.</summary>
    public int CurrentSlot { get; private set; } = -1;

    /// <summary>The values of the rows in flight, by slot.</summary>
    public RowResult[] Results => _results;

    /// <summary>The number of slots that a sequence needs.</summary>
    public static int SlotCount(IRowScorer scorer, int threads) => checked(scorer.BatchSize * threads * BatchesPerThread);

    /// <summary>Moves to the next row and waits for its values.</summary>
    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_gate)
        {
            _current++;
        }

        ReadRows();
        if (_current >= _read)
        {
            CurrentSlot = -1;
            _inputError?.Throw();
            return false;
        }

        WaitForCurrent();
        CurrentSlot = SlotOf(_current);
        return true;
    }

    /// <summary>Stops. Rows that are being scored finish first.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_scoring > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>A worker: scores rows while there are any.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            long first;
            int count;
            lock (_gate)
            {
                if (!TryTake(out first, out count))
                {
                    _workers--;
                    return;
                }
            }

            Score(first, count);
        }
    }

    private int SlotOf(long row) => (int)(row % _results.Length);

    private void ReadRows()
    {
        while (!_inputEnded && _read - _current < _results.Length)
        {
            bool hasRow = false;
            try
            {
                hasRow = _readRow(SlotOf(_read));
            }
            catch (Exception exception)
            {
                // It belongs to a row that the consumer has not come to yet.
                _inputError = ExceptionDispatchInfo.Capture(exception);
            }

            lock (_gate)
            {
                if (hasRow)
                {
                    _isScored[SlotOf(_read)] = false;
                    _read++;
                }
                else
                {
                    _inputEnded = true;
                }

                StartWorkers();
            }
        }
    }

    private void WaitForCurrent()
    {
        while (true)
        {
            long first;
            int count;
            lock (_gate)
            {
                while (true)
                {
                    if (_isScored[SlotOf(_current)])
                    {
                        return;
                    }

                    if (_begun <= _current && TryTake(out first, out count))
                    {
                        break;
                    }

                    Monitor.Wait(_gate);
                }
            }

            Score(first, count);
        }
    }

    /// <summary>Whether there are rows to begin: a full batch, or the last ones. Under the lock.</summary>
    private bool HasBatch => _read > _begun && (_inputEnded || _read - _begun >= _scorer.BatchSize);

    private bool TryTake(out long first, out int count)
    {
        first = _begun;
        count = 0;
        if (_disposed || _scoring >= _threads || !HasBatch)
        {
            return false;
        }

        count = (int)Math.Min(_scorer.BatchSize, _read - _begun);
        _begun += count;
        _scoring++;
        return true;
    }

    private void StartWorkers()
    {
        if (_workers < _threads && HasBatch && !_disposed)
        {
            _workers++;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Score(long first, int count)
    {
        Span<int> slots = stackalloc int[count];
        Span<long> rows = stackalloc long[count];
        for (int i = 0; i < count; i++)
        {
            rows[i] = first + i;
            slots[i] = SlotOf(first + i);
        }

        try
        {
            _scorer.Score(_images, slots, _results, rows);
        }
        catch (Exception exception)
        {
            foreach (int slot in slots)
            {
                _results[slot].Fail(exception);
            }
        }

        lock (_gate)
        {
            foreach (int slot in slots)
            {
                _isScored[slot] = true;
            }

            _scoring--;
            StartWorkers();
            Monitor.PulseAll(_gate);
        }
    }
}
