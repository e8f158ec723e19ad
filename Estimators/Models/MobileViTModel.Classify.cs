using System.Runtime.CompilerServices;

namespace MlNetMobileViT;

// What an overload does not say of its parameters, it inherits.
#pragma warning disable CS1573

/// <content>Classification by one call.</content>
public sealed partial class MobileViTModel
{
    /// <summary>Classifies an image file.</summary>
    /// <param name="path">The path of the file: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="top">The number of classes, at least 1; more than there are is taken as all of them.</param>
    /// <returns>
    /// The most likely classes, most likely first, with their probabilities in [0, 1]: what <c>ClassifyImages</c> writes into
    /// <c>TopLabels</c> and <c>TopProbabilities</c>, to the last bit.
    /// </returns>
    /// <remarks>
    /// Any number of threads may call it at once, unlike an ML.NET prediction engine, which is for one thread at a time. At most
    /// <see cref="MobileViTModelOptions.MaxConcurrency"/> images are decoded and scored at once; further calls wait their turn.
    /// How images are decoded is <see cref="MobileViTModelOptions.Decoding"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is less than 1.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or is a folder.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not an image, or damaged, or too large, or the model gives NaN or infinity for it; the message says which.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model has no probabilities.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ModelCallSamples.cs" region="OneImage"><![CDATA[
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// foreach (ClassPrediction prediction in model.Classify(file, top: 3))
    /// {
    ///     Console.WriteLine($"{prediction.Label}: {prediction.Probability:P1}");
    /// }
    /// ]]></code>
    /// </example>
    public IReadOnlyList<ClassPrediction> Classify(string path, int top = 5)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Calls.Classes(top).Run(CallImage.OfFile(path));
    }

    /// <summary>Classifies the content of an image file.</summary>
    /// <param name="image">The content: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="name">What to call the image in errors, such as <c>upload.jpg</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is less than 1.</exception>
    /// <exception cref="InvalidDataException">
    /// The content is not an image, or damaged, or too large, or the model gives NaN or infinity for it; the message says which.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model has no probabilities.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <inheritdoc cref="Classify(string, int)" path="/param|/returns|/remarks"/>
    public IReadOnlyList<ClassPrediction> Classify(ReadOnlySpan<byte> image, int top = 5, string? name = null) =>
        Calls.Classes(top).Run(CallImage.OfContent(image, name));

    /// <summary>Classifies the image that a stream holds.</summary>
    /// <param name="image">
    /// The stream, which is read to its end and left open; it need not be able to seek. What has more than 256 MiB is refused.
    /// </param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <inheritdoc cref="Classify(ReadOnlySpan{byte}, int, string)"/>
    public IReadOnlyList<ClassPrediction> Classify(Stream image, int top = 5, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Calls.Classes(top).Run(image, name);
    }

    /// <summary>Classifies an image file, without keeping the calling thread: it is read, decoded and scored on the thread pool.</summary>
    /// <param name="cancellationToken">Ends the wait for a turn. An image that is being scored is scored to its end.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled before its image was begun.</exception>
    /// <inheritdoc cref="Classify(string, int)" path="/param|/returns|/remarks|/exception"/>
    public Task<IReadOnlyList<ClassPrediction>> ClassifyAsync(string path, int top = 5, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Calls.Classes(top).RunAsync(path, cancellationToken);
    }

    /// <summary>Classifies the content of an image file, without keeping the calling thread: it is decoded and scored on the thread pool.</summary>
    /// <param name="image">The content, which must not change before the task has ended: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="cancellationToken">Ends the wait for a turn. An image that is being scored is scored to its end.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled before its image was begun.</exception>
    /// <inheritdoc cref="Classify(ReadOnlySpan{byte}, int, string)"/>
    public Task<IReadOnlyList<ClassPrediction>> ClassifyAsync(
        ReadOnlyMemory<byte> image, int top = 5, string? name = null, CancellationToken cancellationToken = default) =>
        Calls.Classes(top).RunAsync(image, name, cancellationToken);

    /// <summary>
    /// Classifies the image that a stream holds, without keeping the calling thread: the stream is read asynchronously, and the image
    /// decoded and scored on the thread pool.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the reading of the stream and the wait for a turn. An image that is being scored is scored to its end.
    /// </param>
    /// <exception cref="OperationCanceledException">The call was cancelled before its image was begun.</exception>
    /// <inheritdoc cref="Classify(Stream, int, string)"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ModelCallSamples.cs" region="Upload"><![CDATA[
    /// // In a web service: one model for all requests, and no pool of engines.
    /// async Task<string> ClassOf(Stream upload, string fileName, CancellationToken aborted)
    /// {
    ///     IReadOnlyList<ClassPrediction> classes = await model.ClassifyAsync(upload, top: 1, fileName, aborted);
    ///     return classes[0].Label;
    /// }
    /// ]]></code>
    /// </example>
    public Task<IReadOnlyList<ClassPrediction>> ClassifyAsync(
        Stream image, int top = 5, string? name = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Calls.Classes(top).RunAsync(image, name, cancellationToken);
    }

    /// <summary>Classifies image files side by side, and gives the results in the order of the paths.</summary>
    /// <param name="paths">The paths of the files. They are read a few ahead, as the results are taken.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// One result for each path, with its classes, or with the error where its image cannot be read: one bad file never stops the
    /// others. Nothing is read before the first result is asked for, and memory does not grow with the number of paths.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The model has no probabilities.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <inheritdoc cref="Classify(string, int)" path="/param|/remarks"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ModelCallSamples.cs" region="ManyImages"><![CDATA[
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// foreach (ImageResult<IReadOnlyList<ClassPrediction>> result in model.Classify(files, top: 1))
    /// {
    ///     // An image that cannot be read does not stop the others.
    ///     string what = result.Error is null ? result.Value[0].Label : result.Error.Message;
    ///     lines.Add($"{Path.GetFileName(result.Name)}: {what}");
    /// }
    /// ]]></code>
    /// </example>
    public IEnumerable<ImageResult<IReadOnlyList<ClassPrediction>>> Classify(
        IEnumerable<string> paths, int top = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Calls.Classes(top).RunAll(paths, cancellationToken);
    }

    /// <summary>Classifies the contents of image files side by side, and gives the results in their order.</summary>
    /// <param name="images">
    /// The contents, which must not change before their results are there. They are asked for a few ahead, as the results are taken.
    /// </param>
    /// <returns>
    /// One result for each image, called <c>image 0</c> and so on, with its classes, or with the error where it cannot be read: one
    /// bad image never stops the others.
    /// </returns>
    /// <inheritdoc cref="Classify(IEnumerable{string}, int, CancellationToken)" path="/param|/remarks|/exception"/>
    public IEnumerable<ImageResult<IReadOnlyList<ClassPrediction>>> Classify(
        IEnumerable<ReadOnlyMemory<byte>> images, int top = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Calls.Classes(top).RunAll(images, cancellationToken);
    }

    /// <summary>
    /// Classifies image files side by side, and gives the results in the order of the paths, without keeping the calling thread.
    /// </summary>
    /// <inheritdoc cref="Classify(IEnumerable{string}, int, CancellationToken)" path="/param|/returns|/remarks|/exception"/>
    public IAsyncEnumerable<ImageResult<IReadOnlyList<ClassPrediction>>> ClassifyAsync(
        IEnumerable<string> paths, int top = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ModelCall<IReadOnlyList<ClassPrediction>, TopClasses> call = Calls.Classes(top);
        return OnThreadPool(token => call.RunAll(paths, token), cancellationToken);
    }

    private static async IAsyncEnumerable<T> OnThreadPool<T>(
        Func<CancellationToken, IEnumerable<T>> start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IEnumerator<T> results = start(cancellationToken).GetEnumerator();
        try
        {
            while (await Task.Run(results.MoveNext, cancellationToken).ConfigureAwait(false))
            {
                yield return results.Current;
            }
        }
        finally
        {
            // It waits for the images that are being scored, which must not keep the calling thread either.
            await Task.Run(results.Dispose, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
