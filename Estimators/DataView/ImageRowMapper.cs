using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>Maps single rows, for prediction engines: on the caller's thread, nothing read ahead.</summary>
internal sealed class ImageRowMapper(ImageMapping mapping, DataViewSchema inputSchema) : IRowToRowMapper
{
    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema { get; } = mapping.GetOutputSchema(inputSchema);

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var layout = new ColumnLayout(OutputSchema, inputSchema, dependingColumns);
        return layout.NeedsOutputs
            ? layout.InputColumns.Append(mapping.Input.Find(inputSchema).Column).Distinct()
            : layout.InputColumns;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        return new ImageRow(mapping, input, new ColumnLayout(OutputSchema, inputSchema, activeColumns));
    }
}
