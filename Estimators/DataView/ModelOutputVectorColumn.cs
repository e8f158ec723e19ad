using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>All values of one output of the scorer, as a vector.</summary>
internal sealed class ModelOutputVectorColumn(string name, IReadOnlyList<int> shape, int output)
    : OutputColumn(name, new VectorDataViewType(NumberDataViewType.Single, shape.ToArray()))
{
    /// <summary>The index of the output.</summary>
    public int Output => output;

    public override Delegate CreateGetter(Func<RowResult> currentRow)
    {
        ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> value) =>
        {
            RowResult row = currentRow();
            row.ThrowIfFailed();
            float[] values = row.Values[output];
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, values.Length);
            values.CopyTo(editor.Values);
            value = editor.Commit();
        };
        return getter;
    }
}
