using System.Collections.Concurrent;

namespace MlNetMobileViT;

/// <summary>The tensors of the runs of a model, as many as there are at once, used again. Safe for use by many threads at once.</summary>
/// <param name="session">The model.</param>
/// <param name="outputs">The outputs that are taken of it.</param>
/// <param name="batchSize">The most images of a run, where the model does not fix their number.</param>
internal sealed class ModelBatchPool(ModelSession session, IReadOnlyList<ModelOutput> outputs, int batchSize) : IDisposable
{
    private readonly ConcurrentBag<ModelBatch> _idle = [];
    private volatile bool _disposed;

    public IReadOnlyList<ModelOutput> Outputs => outputs;

    public int BatchSize { get; } = session.Description.FixedBatch ?? batchSize;

    public ModelBatch Rent() => _idle.TryTake(out ModelBatch? batch) ? batch : new ModelBatch(session, outputs, BatchSize);

    public void Return(ModelBatch batch)
    {
        _idle.Add(batch);
        if (_disposed)
        {
            Dispose();
        }
    }

    /// <summary>Releases the tensors; those in use when they are given back.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out ModelBatch? batch))
        {
            batch.Dispose();
        }
    }
}
