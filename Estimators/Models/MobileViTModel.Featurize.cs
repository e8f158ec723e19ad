namespace MlNetMobileViT;

#pragma warning disable CS1573 // What an overload does not say of its parameters, it inherits.

/// <content>Feature vectors by one call.</content>
public sealed partial class MobileViTModel
{
    /// <summary>Makes the feature vector of an image file.</summary>
    /// <param name="path">The path of the file: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="modelOutput">
    /// Which output of the model: <see cref="ModelOutputs.Features"/>, or another of <see cref="ModelOutputs"/> that it has.
    /// </param>
    /// <returns>
    /// The values of the output, <see cref="ModelOutput.Length"/> of them in the order of its <see cref="ModelOutput.Shape"/>: what
    /// <c>FeaturizeImages</c> writes, to the last bit.
    /// </returns>
    /// <exception cref="ArgumentException">The path is empty, or the model has no such output; the message lists those that it has.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or is a folder.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not an image, or damaged, or too large, or the model gives NaN or infinity for it; the message says which.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <inheritdoc cref="Classify(string, int)" path="/remarks"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ModelCallSamples.cs" region="Similarity"><![CDATA[
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// float similarity = TensorPrimitives.CosineSimilarity(model.Featurize(first), model.Featurize(second));
    /// ]]></code>
    /// </example>
    public float[] Featurize(string path, string modelOutput = ModelOutputs.Features)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Calls.Output(modelOutput).Run(CallImage.OfFile(path));
    }

    /// <summary>Makes the feature vector of the content of an image file.</summary>
    /// <param name="image">The content: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="name">What to call the image in errors, such as <c>upload.jpg</c>.</param>
    /// <exception cref="ArgumentException">The model has no such output; the message lists those that it has.</exception>
    /// <exception cref="InvalidDataException">
    /// The content is not an image, or damaged, or too large, or the model gives NaN or infinity for it; the message says which.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <inheritdoc cref="Featurize(string, string)" path="/param|/returns|/remarks"/>
    public float[] Featurize(ReadOnlySpan<byte> image, string modelOutput = ModelOutputs.Features, string? name = null) =>
        Calls.Output(modelOutput).Run(CallImage.OfContent(image, name));

    /// <summary>Makes the feature vector of the image that a stream holds.</summary>
    /// <param name="image">
    /// The stream, which is read to its end and left open; it need not be able to seek. What has more than 256 MiB is refused.
    /// </param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <inheritdoc cref="Featurize(ReadOnlySpan{byte}, string, string)"/>
    public float[] Featurize(Stream image, string modelOutput = ModelOutputs.Features, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Calls.Output(modelOutput).Run(image, name);
    }

    /// <summary>
    /// Makes the feature vector of an image file, without keeping the calling thread: it is read, decoded and scored on the thread pool.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for a turn. An image that is being scored is scored to its end.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled before its image was begun.</exception>
    /// <inheritdoc cref="Featurize(string, string)" path="/param|/returns|/remarks|/exception"/>
    public Task<float[]> FeaturizeAsync(
        string path, string modelOutput = ModelOutputs.Features, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Calls.Output(modelOutput).RunAsync(path, cancellationToken);
    }

    /// <summary>
    /// Makes the feature vector of the content of an image file, without keeping the calling thread: it is decoded and scored on the
    /// thread pool.
    /// </summary>
    /// <param name="image">The content, which must not change before the task has ended: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="cancellationToken">Ends the wait for a turn. An image that is being scored is scored to its end.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled before its image was begun.</exception>
    /// <inheritdoc cref="Featurize(ReadOnlySpan{byte}, string, string)"/>
    public Task<float[]> FeaturizeAsync(
        ReadOnlyMemory<byte> image,
        string modelOutput = ModelOutputs.Features,
        string? name = null,
        CancellationToken cancellationToken = default) =>
        Calls.Output(modelOutput).RunAsync(image, name, cancellationToken);

    /// <summary>
    /// Makes the feature vector of the image that a stream holds, without keeping the calling thread: the stream is read asynchronously,
    /// and the image decoded and scored on the thread pool.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the reading of the stream and the wait for a turn. An image that is being scored is scored to its end.
    /// </param>
    /// <exception cref="OperationCanceledException">The call was cancelled before its image was begun.</exception>
    /// <inheritdoc cref="Featurize(Stream, string, string)"/>
    public Task<float[]> FeaturizeAsync(
        Stream image,
        string modelOutput = ModelOutputs.Features,
        string? name = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Calls.Output(modelOutput).RunAsync(image, name, cancellationToken);
    }

    /// <summary>Makes the feature vectors of image files side by side, and gives them in the order of the paths.</summary>
    /// <param name="paths">The paths of the files. They are read a few ahead, as the results are taken.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// One result for each path, with its vector, or with the error where its image cannot be read: one bad file never stops the
    /// others. Nothing is read before the first result is asked for, and memory does not grow with the number of paths.
    /// </returns>
    /// <exception cref="ArgumentException">The model has no such output; the message lists those that it has.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <inheritdoc cref="Featurize(string, string)" path="/param|/remarks"/>
    public IEnumerable<ImageResult<float[]>> Featurize(
        IEnumerable<string> paths, string modelOutput = ModelOutputs.Features, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Calls.Output(modelOutput).RunAll(paths, cancellationToken);
    }

    /// <summary>Makes the feature vectors of the contents of image files side by side, and gives them in their order.</summary>
    /// <param name="images">
    /// The contents, which must not change before their results are there. They are asked for a few ahead, as the results are taken.
    /// </param>
    /// <returns>
    /// One result for each image, called <c>image 0</c> and so on, with its vector, or with the error where it cannot be read: one
    /// bad image never stops the others.
    /// </returns>
    /// <inheritdoc cref="Featurize(IEnumerable{string}, string, CancellationToken)" path="/param|/remarks|/exception"/>
    public IEnumerable<ImageResult<float[]>> Featurize(
        IEnumerable<ReadOnlyMemory<byte>> images,
        string modelOutput = ModelOutputs.Features,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Calls.Output(modelOutput).RunAll(images, cancellationToken);
    }

    /// <summary>
    /// Makes the feature vectors of image files side by side, and gives them in the order of the paths, without keeping the calling
    /// thread.
    /// </summary>
    /// <inheritdoc cref="Featurize(IEnumerable{string}, string, CancellationToken)"/>
    public IAsyncEnumerable<ImageResult<float[]>> FeaturizeAsync(
        IEnumerable<string> paths, string modelOutput = ModelOutputs.Features, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ModelCall<float[], OutputValues> call = Calls.Output(modelOutput);
        return OnThreadPool(token => call.RunAll(paths, token), cancellationToken);
    }
}
