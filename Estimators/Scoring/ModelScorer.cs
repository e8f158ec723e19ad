using System.Collections.Concurrent;

namespace MlNetMobileViT;

/// <summary>Images to what a decoder makes of the model's outputs. Safe for use by many threads at once; each has tensors of its own.</summary>
internal sealed class ModelScorer : IRowScorer, IDisposable
{
    private readonly ConcurrentBag<ModelBatch> _idle = [];
    private readonly IResultDecoder _decoder;
    private volatile bool _disposed;

    public ModelScorer(MobileViTModel model, ImagePreprocessor preprocessor, IResultDecoder decoder, int batchSize)
    {
        Model = model;
        Preprocessor = preprocessor;
        _decoder = decoder;
        BatchSize = model.FixedBatch ?? batchSize;
    }

    public MobileViTModel Model { get; }

    public ImagePreprocessor Preprocessor { get; }

    public int BatchSize { get; }

    public IReadOnlyList<OutputColumn> Columns => _decoder.Columns;

    public void Score(ImageSource images, ReadOnlySpan<int> slots, RowResult[] results, ReadOnlySpan<long> rows)
    {
        if (!_idle.TryTake(out ModelBatch? batch))
        {
            batch = new ModelBatch(Model, Preprocessor.Settings, _decoder.Outputs, BatchSize);
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

    /// <summary>Makes a row of what the model gave for its image, or an error where that is no numbers.</summary>
    public static void Decode(
        IResultDecoder decoder, ImageOutputs outputs, RowResult result, ImageSource images, int slot, long row)
    {
        try
        {
            for (int i = 0; i < decoder.Outputs.Count; i++)
            {
                if (!ModelNumbers.AreFinite(outputs[i]))
                {
                    throw ModelNumbers.Error(decoder.Outputs[i].Name, outputs[i], images.NameOf(slot, row));
                }
            }

            decoder.Decode(outputs, result.Geometry, result);
        }
        catch (Exception exception)
        {
            // It is this row's, whatever became of the others of its run.
            result.Fail(exception);
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
                result.Geometry = images.Preprocess(slots[i], rows[i], Preprocessor, batch.Pixels(count));
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
            Decode(_decoder, batch.Outputs(i), results[slot], images, slot, rows[scored[i]]);
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
