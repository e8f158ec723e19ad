using System.Collections.Concurrent;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>The step that the rows of a saved pipeline carry as text, read once for all rows.</summary>
internal sealed class SavedSettings
{
    // One entry for each step of the pipelines in the process; its size is bounded by what was loaded.
    private static readonly ConcurrentDictionary<string, SavedSettings> Known = new(StringComparer.Ordinal);

    private SavedSettings(ImageStep step)
    {
        Step = step;
        Preprocessor = new ImagePreprocessor(step.Preprocessing, step.Options.Decoding);
    }

    public ImageStep Step { get; }

    public ImagePreprocessor Preprocessor { get; }

    public static SavedSettings Get(ReadOnlyMemory<char> json) =>
        Known.GetOrAdd(json.ToString(), static text => new SavedSettings(ImageStep.FromJson(text)));

    /// <summary>Makes the pixels of one image, or says why it cannot.</summary>
    public void Preprocess(ImageSource image, PreprocessedRow output)
    {
        VBuffer<float> pixels = output.Pixels;
        VBufferEditor<float> editor = VBufferEditor.Create(ref pixels, Preprocessor.Length);
        output.Error = default;
        try
        {
            image.Preprocess(slot: 0, row: -1, Preprocessor, editor.Values);
        }
        catch (Exception exception) when (exception is MissingPixelsException
            || (Step.Options.BadImages == BadImageHandling.Mark && BadImage.IsReason(exception)))
        {
            editor.Values.Fill(float.NaN);
            output.Error = exception.Message.AsMemory();
        }

        output.Pixels = editor.Commit();
    }
}
