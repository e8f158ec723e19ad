namespace MlNetMobileViT;

/// <summary>Images to what a decoder makes of the model's outputs. Safe for use by many threads at once; each has tensors of its own.</summary>
internal sealed class ModelScorer : IRowScorer, IDisposable
{
    private readonly ModelBatchPool _tensors;
    private readonly IResultDecoder _decoder;

    /// <summary>Creates a scorer with tensors of its own.</summary>
    public ModelScorer(ModelSession session, ImagePreprocessor preprocessor, IResultDecoder decoder, int batchSize)
        : this(new ModelBatchPool(session, decoder.Outputs, batchSize), preprocessor, decoder)
    {
    }

    /// <summary>Creates a scorer that uses tensors for the decoder's outputs; they are released with it.</summary>
    public ModelScorer(ModelBatchPool tensors, ImagePreprocessor preprocessor, IResultDecoder decoder)
    {
        _tensors = tensors;
        Preprocessor = preprocessor;
        _decoder = decoder;
    }

    public ImagePreprocessor Preprocessor { get; }

    public int BatchSize => _tensors.BatchSize;

    public IReadOnlyList<OutputColumn> Columns => _decoder.Columns;

    public void Score(ImageSource images, ReadOnlySpan<int> slots, RowResult[] results, ReadOnlySpan<long> rows)
    {
        ModelBatch batch = _tensors.Rent();
        try
        {
            Score(batch, images, slots, results, rows);
        }
        finally
        {
            _tensors.Return(batch);
        }
    }

    /// <summary>Makes a row of what the model gave for its image, or an error where that is no numbers.</summary>
    public static void Decode(
        IResultDecoder decoder, ImageOutputs outputs, RowResult result, ImageSource images, int slot, long row)
    {
        try
        {
            int bad = ModelNumbers.FindBad(decoder.Outputs, outputs);
            if (bad >= 0)
            {
                throw ModelNumbers.Error(decoder.Outputs[bad].Name, outputs[bad], images.NameOf(slot, row));
            }

            decoder.Decode(outputs, result.Geometry, result);
        }
        catch (Exception exception)
        {
            // It is this row's, whatever became of the others of its run.
            result.Fail(exception);
        }
    }

    public void Dispose() => _tensors.Dispose();

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
}
