using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>
/// The step that the rows of a saved pipeline carry as text, read once for all rows. Each mapping of a loaded pipeline has one
/// of its own, which goes with it: nothing else knows when a pipeline is no longer used.
/// </summary>
internal sealed class SavedSettings
{
    // Replaced whole, so that threads need no lock: at worst the first few of them read the same text.
    private volatile Reading? _reading;

    /// <summary>The step.</summary>
    /// <param name="json">The text of the row.</param>
    /// <exception cref="InvalidDataException">The text is no step.</exception>
    public ImageStep Step(ReadOnlyMemory<char> json) => Read(json).Step;

    /// <summary>Makes the pixels of one image, or says why it cannot.</summary>
    /// <param name="json">The text of the row.</param>
    /// <param name="createSource">Makes the source of the image, whose slot 0 is read.</param>
    /// <param name="output">Receives the pixels, or NaN and the reason.</param>
    public void Preprocess(ReadOnlyMemory<char> json, Func<ImageStep, ImageSource> createSource, PreprocessedRow output)
    {
        (_, ImageStep step, ImagePreprocessor preprocessor) = Read(json);
        VBuffer<float> pixels = output.Pixels;
        VBufferEditor<float> editor = VBufferEditor.Create(ref pixels, preprocessor.Length);
        output.Error = default;
        try
        {
            createSource(step).Preprocess(slot: 0, row: -1, preprocessor, editor.Values);
        }
        catch (Exception exception) when (BadImage.IsMarked(exception, step.Options.BadImages))
        {
            editor.Values.Fill(float.NaN);
            output.Error = exception.Message.AsMemory();
        }

        output.Pixels = editor.Commit();
    }

    private Reading Read(ReadOnlyMemory<char> json)
    {
        Reading? reading = _reading;
        if (reading is null || !json.Span.SequenceEqual(reading.Json))
        {
            var step = ImageStep.FromJson(json.ToString());
            reading = new Reading(json.ToString(), step, new ImagePreprocessor(step.Preprocessing, step.Options.Decoding));
            _reading = reading;
        }

        return reading;
    }

    private sealed record Reading(string Json, ImageStep Step, ImagePreprocessor Preprocessor);
}
