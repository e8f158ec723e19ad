using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>Why a row has no values; empty where it has.</summary>
internal sealed class ErrorColumn(string name) : OutputColumn(name, TextDataViewType.Instance)
{
    /// <summary>The error column, where the options ask for one.</summary>
    public static IEnumerable<OutputColumn> For(MobileViTPreprocessingOptions options) =>
        options.BadImages == BadImageHandling.Mark ? [new ErrorColumn(options.ErrorColumnName)] : [];

    public override Delegate CreateGetter(Func<RowResult> currentRow)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = (ref ReadOnlyMemory<char> value) =>
        {
            RowResult row = currentRow();
            row.ThrowIfFailed();
            value = row.ErrorText.AsMemory();
        };
        return getter;
    }
}
