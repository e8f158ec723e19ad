namespace MlNetMobileViT;

#pragma warning disable CS1573 // What an overload does not say of its parameters, it inherits.

/// <content>Where the most likely class was seen, by one call.</content>
public sealed partial class MobileViTModel
{
    /// <summary>Says where in an image file its most likely class was seen.</summary>
    /// <param name="path">The path of the file: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <returns>The class, as <see cref="Classify(string, int)"/> has it, and its activation map.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or is a folder.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not an image, or damaged, or too large, or the model gives NaN or infinity for it; the message says which.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The model has no probabilities, or no output <see cref="ModelOutputs.Activation"/>: convert it with
    /// <c>--outputs logits,probabilities,features,activation</c>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <inheritdoc cref="Classify(string, int)" path="/remarks"/>
    /// <example>
    /// <code source="UnitTests/Estimators/Samples/ModelCallSamples.cs" region="Explain"><![CDATA[
    /// using MobileViTModel model = MobileViTModel.Load(modelFile);
    /// ClassActivation activation = model.Explain(file);
    /// float[] map = activation.ToSource(width: 100, height: 100);
    /// int best = map.Index().Where(cell => !float.IsNaN(cell.Item)).MaxBy(cell => cell.Item).Index;
    /// Console.WriteLine($"{activation.Prediction.Label}, most of all at {best % 100} % from the left and {best / 100} % from the top");
    /// ]]></code>
    /// </example>
    public ClassActivation Explain(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Calls.Activations().Run(CallImage.OfFile(path));
    }

    /// <summary>Says where in the content of an image file its most likely class was seen.</summary>
    /// <param name="image">The content: JPEG, PNG, WebP, GIF, BMP or ICO.</param>
    /// <param name="name">What to call the image in errors, such as <c>upload.jpg</c>.</param>
    /// <exception cref="InvalidDataException">
    /// The content is not an image, or damaged, or too large, or the model gives NaN or infinity for it; the message says which.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The model has no probabilities, or no output <see cref="ModelOutputs.Activation"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <inheritdoc cref="Explain(string)" path="/returns|/remarks"/>
    public ClassActivation Explain(ReadOnlySpan<byte> image, string? name = null) =>
        Calls.Activations().Run(CallImage.OfContent(image, name));

    /// <summary>Says where in an image file its most likely class was seen, on the thread pool.</summary>
    /// <param name="cancellationToken">Ends the wait for a turn. An image that is being scored is scored to its end.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled before its image was begun.</exception>
    /// <inheritdoc cref="Explain(string)" path="/param|/returns|/remarks|/exception"/>
    public Task<ClassActivation> ExplainAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Calls.Activations().RunAsync(path, cancellationToken);
    }

    /// <summary>Explains image files side by side, and gives the results in the order of the paths.</summary>
    /// <param name="paths">The paths of the files. They are read a few ahead, as the results are taken.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// One result for each path, with its activation, or with the error where its image cannot be read: one bad file never stops the
    /// others. Nothing is read before the first result is asked for, and memory does not grow with the number of paths.
    /// </returns>
    /// <exception cref="InvalidOperationException">
    /// The model has no probabilities, or no output <see cref="ModelOutputs.Activation"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <inheritdoc cref="Explain(string)" path="/remarks"/>
    public IEnumerable<ImageResult<ClassActivation>> Explain(IEnumerable<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Calls.Activations().RunAll(paths, cancellationToken);
    }
}
