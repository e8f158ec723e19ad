using System.Collections.Concurrent;

namespace MlNetMobileViT;

/// <summary>Images to outputs of the model. Safe for use by many threads at once; each has tensors of its own.</summary>
internal sealed class ModelScorer : IRowScorer, IDisposable
{
    private readonly ConcurrentBag<ModelBatch> _idle = [];
    private readonly MobileViTModel _model;
    private readonly ModelOutput[] _outputs;
    private volatile bool _disposed;

    public ModelScorer(MobileViTModel model, ImagePreprocessor preprocessor, IEnumerable<string> outputs, int batchSize)
    {
        _model = model;
        Preprocessor = preprocessor;
        _outputs = [.. outputs.Select(model.GetOutput)];
        BatchSize = model.FixedBatch ?? batchSize;
        OutputLengths = [.. _outputs.Select(static output => output.Length)];
    }

    public ImagePreprocessor Preprocessor { get; }

    public int BatchSize { get; }

    public IReadOnlyList<int> OutputLengths { get; }

    public void Score(ImageSource images, ReadOnlySpan<int> slots, RowResult[] results, ReadOnlySpan<long> rows)
    {
        if (!_idle.TryTake(out ModelBatch? batch))
        {
            batch = new ModelBatch(_model, Preprocessor.Settings, _outputs, BatchSize);
        }

        try
        {
            Score(batch, images, slots, results, rows);
        }
        finally
        {
            Return(batch);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out ModelBatch? batch))
        {
            batch.Dispose();
        }
    }

    private void Score(
        ModelBatch batch, ImageSource images, ReadOnlySpan<int> slots, RowResult[] results, ReadOnlySpan<long> rows)
    {
        // The readable images move together, so that a bad one among them takes no part in the run.
        Span<int> scored = stackalloc int[slots.Length];
        int count = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            RowResult result = results[slots[i]];
            try
            {
                result.Clear();
                images.Preprocess(slots[i], rows[i], Preprocessor, batch.Pixels(count));
                scored[count++] = i;
            }
            catch (Exception exception)
            {
                result.Fail(exception);
            }
        }

        if (count == 0)
        {
            return;
        }

        batch.Run(count);
        for (int i = 0; i < count; i++)
        {
            int slot = slots[scored[i]];
            float[][] values = results[slot].Values;
            for (int output = 0; output < values.Length; output++)
            {
                batch.Output(output, i).CopyTo(values[output]);
            }

            int bad = Array.FindIndex(values, static output => !ModelNumbers.AreFinite(output));
            if (bad >= 0)
            {
                results[slot].Fail(ModelNumbers.Error(_outputs[bad].Name, values[bad], images.NameOf(slot, rows[scored[i]])));
            }
        }
    }

    private void Return(ModelBatch batch)
    {
        _idle.Add(batch);
        if (_disposed)
        {
            Dispose();
        }
    }
}
