namespace MlNetMobileViT;

/// <summary>A kind of call: what of the model's outputs it takes, and the ways to ask for it.</summary>
/// <param name="calls">What it shares with other calls.</param>
/// <param name="tensors">Tensors for the outputs that it takes.</param>
/// <param name="reader">What it makes of them.</param>
internal readonly struct ModelCall<T, TReader>(ModelCalls calls, ModelBatchPool tensors, TReader reader)
    where TReader : struct, IOutputReader<T>
{
    public T Run(CallImage image)
    {
        calls.Turns.Take();
        try
        {
            return Compute(image);
        }
        finally
        {
            calls.Turns.Return();
        }
    }

    public T Run(Stream stream, string? name)
    {
        using var content = StreamContent.Read(stream, CallImage.TitleOf(name));
        return Run(CallImage.OfContent(content.Bytes.Span, name));
    }

    public Task<T> RunAsync(string path, CancellationToken cancellationToken)
    {
        ModelCall<T, TReader> call = this;
        return RunAsync(() => call.Compute(CallImage.OfFile(path)), cancellationToken);
    }

    public Task<T> RunAsync(ReadOnlyMemory<byte> content, string? name, CancellationToken cancellationToken)
    {
        ModelCall<T, TReader> call = this;
        return RunAsync(() => call.Compute(CallImage.OfContent(content.Span, name)), cancellationToken);
    }

    public async Task<T> RunAsync(Stream stream, string? name, CancellationToken cancellationToken)
    {
        // Before the turn: who sends slowly must not keep the others waiting.
        using StreamContent content =
            await StreamContent.ReadAsync(stream, CallImage.TitleOf(name), cancellationToken).ConfigureAwait(false);
        return await RunAsync(content.Bytes, name, cancellationToken).ConfigureAwait(false);
    }

    public IEnumerable<ImageResult<T>> RunAll(IEnumerable<string> paths, CancellationToken cancellationToken) =>
        new CallSequence<T, TReader>(calls, tensors, reader)
            .Run(paths, static (path, _) => CallImage.OfFile(path), cancellationToken);

    public IEnumerable<ImageResult<T>> RunAll(IEnumerable<ReadOnlyMemory<byte>> images, CancellationToken cancellationToken) =>
        new CallSequence<T, TReader>(calls, tensors, reader)
            .Run(images, static (image, row) => CallImage.OfContent(image.Span, $"image {row}"), cancellationToken);

    private async Task<T> RunAsync(Func<T> compute, CancellationToken cancellationToken)
    {
        await calls.Turns.TakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(compute, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            calls.Turns.Return();
        }
    }

    private T Compute(CallImage image)
    {
        ModelBatch batch = tensors.Rent();
        try
        {
            ImageGeometry geometry = image.Preprocess(calls.Preprocessor, batch.Pixels(0));
            batch.Run(1);
            ImageOutputs outputs = batch.Outputs(0);
            int bad = ModelNumbers.FindBad(tensors.Outputs, outputs);
            return bad < 0
                ? reader.Read(outputs, geometry)
                : throw ModelNumbers.Error(tensors.Outputs[bad].Name, outputs[bad], $"'{image.Title}'");
        }
        finally
        {
            tensors.Return(batch);
        }
    }
}
