using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.Tool;

/// <summary>
/// The input of a saved pipeline: paths in one column. Whatever else it was trained with, labels above all, is there and empty.
/// </summary>
internal sealed class PipelineInput
{
    private readonly SchemaDefinition _definition = SchemaDefinition.Create(typeof(Row));

    private PipelineInput(string path, DataViewSchema schema, string pathColumn)
    {
        _definition.Clear();
        foreach (DataViewSchema.Column column in schema.Where(static column => !column.IsHidden))
        {
            string member = column.Name == pathColumn ? nameof(Row.Path)
                : column.Type is TextDataViewType ? nameof(Row.Text)
                : column.Type is BooleanDataViewType ? nameof(Row.Flag)
                : column.Type == NumberDataViewType.Single ? nameof(Row.Number)
                : throw new CommandException(
                    $"'{path}' takes more than the path of an image: a column '{column.Name}' of type {column.Type}.");
            SchemaDefinition.Column empty = SchemaDefinition.Create(typeof(Row))[member];
            empty.ColumnName = column.Name;
            _definition.Add(empty);
        }
    }

    /// <summary>Finds the column that takes paths.</summary>
    /// <param name="path">The pipeline, for messages.</param>
    /// <param name="schema">Its input.</param>
    /// <param name="pathColumn">The column that was named, or null.</param>
    /// <exception cref="CommandException">There is none, or there are several.</exception>
    public static PipelineInput Of(string path, DataViewSchema schema, string? pathColumn)
    {
        string[] texts = [.. schema.Where(static column => !column.IsHidden && column.Type is TextDataViewType).Select(static column => column.Name)];
        string[] likely =
        [
            .. texts.Where(name => pathColumn is null
                ? name.Contains(nameof(Row.Path), StringComparison.OrdinalIgnoreCase)
                : name == pathColumn),
        ];
        if (pathColumn is null)
        {
            likely = texts.Contains(nameof(Row.Path)) ? [nameof(Row.Path)] : texts.Length == 1 ? texts : likely;
        }

        return likely is [var only]
            ? new PipelineInput(path, schema, only)
            : throw new CommandException(texts.Length == 0
                ? $"'{path}' is a model, but its input has no column of text that could be a path: {Describe(schema)}."
                : $"'{path}' does not say which column of its input is the path of an image: {string.Join(", ", texts.Select(static name => $"'{name}'"))}. "
                    + "Name one of them with --path-column.");
    }

    /// <summary>The input for some paths.</summary>
    public IDataView Load(MLContext context, IEnumerable<string> paths) =>
        context.Data.LoadFromEnumerable(paths.Select(static path => new Row { Path = path }), _definition);

    private static string Describe(DataViewSchema schema) =>
        string.Join(", ", schema.Where(static column => !column.IsHidden).Select(static column => $"'{column.Name}' ({column.Type})"));

    private sealed class Row
    {
        public string Path { get; set; } = "";

        public string Text { get; set; } = "";

        public float Number { get; set; }

        public bool Flag { get; set; }
    }
}
