using Microsoft.ML;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;

namespace MlNetMobileViT;

/// <summary>
/// The transformers of a loaded chain that <see cref="SavedPipeline"/> made of one step. Others may lie beside them: ML.NET
/// appends to the chain that it loaded, not to a chain around it.
/// </summary>
/// <param name="Length">How many there are.</param>
/// <param name="OnnxIndex">The index in the chain of the ONNX transform that holds the step.</param>
internal sealed record SavedStretch(int Length, int OnnxIndex)
{
    /// <summary>Recognises a stretch by its order of transformers, most of them of types that nobody else has.</summary>
    /// <param name="chain">The transformers of the chain.</param>
    /// <param name="start">Where the stretch would begin.</param>
    /// <returns>Null where none begins there.</returns>
    public static SavedStretch? At(IReadOnlyList<ITransformer> chain, int start)
    {
        int next = start;
        if (!(Takes<ColumnCopyingTransformer>() || Takes<ImagePixelExtractingTransformer>())
            || !Takes<CustomMappingTransformer<NoColumns, SettingsKeyRow>>()
            || !Takes<ValueMappingTransformer>()
            || !(TakesPreprocessing<PathRow>()
                || TakesPreprocessing<EncodedRow>()
                || TakesPreprocessing<DecodedRow>()
                || TakesPreprocessing<PixelsRow>())
            || !Takes<OnnxTransformer>())
        {
            return null;
        }

        int onnx = next - 1;
        // What looks at the model's numbers, and makes the columns. Earlier versions made them in the model's graph.
        if (!(Takes<ColumnCopyingTransformer>() && Takes<CustomMappingTransformer<ModelValuesRow, NumbersRow>>() && Takes<OnnxTransformer>()))
        {
            next = onnx + 1;
        }

        if (Takes<CustomMappingTransformer<ScoresRow, ClassesRow>>() && !Takes<ValueToKeyMappingTransformer>())
        {
            return null;
        }

        while (Takes<ColumnCopyingTransformer>())
        {
        }

        // The first transformer that drops columns is the step's own, and its last.
        return Takes<ColumnSelectingTransformer>() ? new SavedStretch(next - start, onnx) : null;

        bool TakesPreprocessing<TRow>()
            where TRow : class, new() =>
            Takes<CustomMappingTransformer<TRow, PreprocessedRow>>();

        bool Takes<T>()
        {
            if (next == chain.Count || chain[next] is not T)
            {
                return false;
            }

            next++;
            return true;
        }
    }
}
