using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT;

/// <summary>Calls for many images: they are read ahead and scored side by side as the rows of a pipeline are.</summary>
/// <param name="calls">What it shares with other calls.</param>
/// <param name="tensors">Tensors for the outputs that it takes.</param>
/// <param name="reader">What it makes of them.</param>
internal sealed class CallSequence<T, TReader>(ModelCalls calls, ModelBatchPool tensors, TReader reader)
    where TReader : struct, IOutputReader<T>
{
    /// <summary>The results of images, one for each, in their order.</summary>
    /// <param name="images">The images.</param>
    /// <param name="imageOf">What an image is, and its number.</param>
    /// <param name="cancellationToken">Ends the sequence.</param>
    public IEnumerable<ImageResult<T>> Run<TImage>(
        IEnumerable<TImage> images, ImageOf<TImage> imageOf, CancellationToken cancellationToken)
    {
        var decoder = new ResultDecoder(tensors.Outputs, reader);
        // Not disposed: the tensors are the model's.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scorer = new ScorerInTurn(new ModelScorer(tensors, calls.Preprocessor, decoder), calls.Turns, ending.Token);
        using IEnumerator<TImage> inputs = images.GetEnumerator();
        var slots = new TImage[ReadAhead.SlotCount(scorer, calls.Concurrency)];
        var source = new ImageSlots<TImage>(slots, imageOf);
        using var rows = new ReadAhead(scorer, source, ReadRow, BadImageHandling.Throw, calls.Concurrency);
        try
        {
            for (long row = 0; rows.MoveNext(); row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RowResult result = rows.Results[rows.CurrentSlot];
                // No fault of the image: the next one would not fare better.
                if (result.Error is ObjectDisposedException or OnnxRuntimeException or OutOfMemoryException or OperationCanceledException)
                {
                    cancellationToken.ThrowIfCancellationRequested(); // By the caller's token, where it was that.
                    ExceptionDispatchInfo.Throw(result.Error);
                }

                T? value = result.Error is null ? decoder.ValueOf(result) : default;
                yield return new ImageResult<T>(source.TitleOf(rows.CurrentSlot, row), value, result.Error);
            }
        }
        finally
        {
            // Rows that are being scored are waited for, but not those that wait for their turn.
            ending.Cancel();
        }

        bool ReadRow(int slot)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool hasNext = inputs.MoveNext();
            slots[slot] = hasNext ? inputs.Current : default!;
            return hasNext;
        }
    }

    /// <summary>Hands out the result of an image in a column that no data view has.</summary>
    private sealed class ResultDecoder : IResultDecoder
    {
        private readonly OutputColumn<T> _result = new("Result", new ResultType(), index: 0, missing: default!);
        private readonly TReader _reader;

        public ResultDecoder(IReadOnlyList<ModelOutput> outputs, TReader reader)
        {
            Outputs = outputs;
            Columns = [_result];
            _reader = reader;
        }

        public IReadOnlyList<ModelOutput> Outputs { get; }

        public IReadOnlyList<OutputColumn> Columns { get; }

        public void Decode(ImageOutputs outputs, ImageGeometry? geometry, RowResult row) =>
            row.Values(_result)[0] = _reader.Read(outputs, geometry!.Value); // An image of a call is never pixels.

        public T ValueOf(RowResult row) => row.Values(_result)[0];
    }

    private sealed class ResultType() : StructuredDataViewType(typeof(T))
    {
        public override bool Equals(DataViewType? other) => other is ResultType;

        public override bool Equals(object? other) => other is ResultType;

        public override int GetHashCode() => typeof(T).GetHashCode();
    }

    /// <summary>Scores when it is its turn among all calls of the model.</summary>
    private sealed class ScorerInTurn(ModelScorer scorer, Turns turns, CancellationToken cancellationToken) : IRowScorer
    {
        public ImagePreprocessor Preprocessor => scorer.Preprocessor;

        public int BatchSize => scorer.BatchSize;

        public IReadOnlyList<OutputColumn> Columns => scorer.Columns;

        public void Score(ImageSource images, ReadOnlySpan<int> slots, RowResult[] results, ReadOnlySpan<long> rows)
        {
            turns.Take(cancellationToken);
            try
            {
                scorer.Score(images, slots, results, rows);
            }
            finally
            {
                turns.Return();
            }
        }
    }

    /// <summary>The images in flight.</summary>
    private sealed class ImageSlots<TImage>(TImage[] slots, ImageOf<TImage> imageOf) : ImageSource
    {
        public string TitleOf(int slot, long row) => imageOf(slots[slot], row).Title;

        public override ImageGeometry? Preprocess(int slot, long row, ImagePreprocessor preprocessor, Span<float> pixels) =>
            imageOf(slots[slot], row).Preprocess(preprocessor, pixels);

        public override string NameOf(int slot, long row) => $"'{TitleOf(slot, row)}'";
    }
}

/// <summary>What an image of a sequence is.</summary>
/// <param name="image">The image, as the caller gave it.</param>
/// <param name="row">Its number in the sequence, from 0.</param>
internal delegate CallImage ImageOf<in TImage>(TImage image, long row);
