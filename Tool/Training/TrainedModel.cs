using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.Tool;

/// <summary>A saved pipeline from paths to classes: one that <c>train</c> wrote, or any other.</summary>
internal sealed class TrainedModel : IDisposable
{
    private const string ScoreColumn = "Score";
    private const string ErrorColumn = "Error";
    private const string LabelColumn = "PredictedLabel";
    private const string ProbabilityColumn = "Probability";

    private readonly MLContext _context = new();
    private readonly ITransformer _transformer;
    private readonly PipelineInput _input;
    private readonly bool _isBinary;

    private TrainedModel(string path, string? pathColumn, MobileViTModelOptions? options, MobileViTPipelineOptions steps)
    {
        // Whatever the pipeline was saved to do with images that cannot be read, here they become rows with an error.
        _transformer = _context.Model.LoadMobileViT(
            path, out DataViewSchema input, options, steps with { BadImages = BadImageHandling.Mark, ErrorColumnName = ErrorColumn });
        _input = PipelineInput.Of(path, input, pathColumn);
        DataViewSchema output = _transformer.GetOutputSchema(_input.Load(_context, []).Schema);
        DataViewSchema.Column? label = output.GetColumnOrNull(LabelColumn);
        if (output.GetColumnOrNull(ScoreColumn) is { Type: VectorDataViewType { Size: > 0 } vector } score
            && vector.ItemType == NumberDataViewType.Single)
        {
            Labels = NamesOf(score, label, vector.Size);
            return;
        }

        _isBinary = label?.Type is BooleanDataViewType && output.GetColumnOrNull(ProbabilityColumn)?.Type == NumberDataViewType.Single;
        Labels = _isBinary
            ? [bool.FalseString, bool.TrueString]
            : throw new CommandException(
                $"'{path}' is a model, but it does not give classes for paths: there is no '{ScoreColumn}' of several numbers (nor "
                + $"'{LabelColumn}' and '{ProbabilityColumn}' of two classes) among its columns, which are "
                + $"{string.Join(", ", output.Where(static column => !column.IsHidden).Select(static column => $"'{column.Name}'"))}.");
    }

    /// <summary>The classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <exception cref="CommandException">The file is no such model, or cannot run on the GPU that was asked for.</exception>
    public static TrainedModel Load(
        string path, string? pathColumn = null, MobileViTModelOptions? options = null, MobileViTPipelineOptions? steps = null)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"There is no model '{path}'. 'train' writes one.");
        }

        try
        {
            return new TrainedModel(path, pathColumn, options, steps ?? new MobileViTPipelineOptions());
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentOutOfRangeException or FormatException)
        {
            throw new CommandException(
                $"'{path}' is not a model that 'train' wrote, nor another pipeline from paths to classes: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception) when (options?.GpuDeviceId is not null)
        {
            throw UnusableGpu.Error(path, options.GpuDeviceId.Value, exception);
        }
    }

    /// <summary>The most likely classes of each picture, in the order of the inputs.</summary>
    public IEnumerable<ResultRow> Classify(IEnumerable<ImageInput> inputs, int top)
    {
        return _isBinary
            ? Score<Binary>(static row => [1 - row.Probability, row.Probability])
            : Score<Scored>(static row => row.Score);

        IEnumerable<ResultRow> Score<TRow>(Func<TRow, float[]> scores)
            where TRow : ScoredImage, new() => InputQueue.Score<TRow>(
                _context, _transformer, inputs, (input, row) => ToRow(input, scores(row), top), paths => _input.Load(_context, paths));
    }

    public void Dispose() => (_transformer as IDisposable)?.Dispose();

    /// <summary>The names of the scores: their slots, the values of the predicted key, or numbers where nobody named them.</summary>
    private static IReadOnlyList<string> NamesOf(DataViewSchema.Column score, DataViewSchema.Column? label, int count)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        if (score.HasSlotNames())
        {
            score.GetSlotNames(ref names);
        }
        else if (label is { Type: KeyDataViewType } key
            && key.HasKeyValues()
            && key.Annotations.Schema["KeyValues"].Type is VectorDataViewType { ItemType: TextDataViewType })
        {
            key.GetKeyValues(ref names);
        }

        return names.Length == count
            ? [.. names.DenseValues().Select(static name => name.ToString())]
            : [.. Enumerable.Range(0, count).Select(static i => i.ToString(CultureInfo.InvariantCulture))];
    }

    private ResultRow ToRow(ImageInput input, float[] scores, int top)
    {
        int[] order = [.. Enumerable.Range(0, Labels.Count).OrderByDescending(i => scores[i]).Take(top)];
        return new ResultRow(
            input.Index,
            input.Path,
            null,
            [.. order.Select(i => Labels[i])],
            [.. order.Select(i => scores[i]), .. order.Select(static i => (float)i)]);
    }

    private sealed class Scored : ScoredImage
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class Binary : ScoredImage
    {
        public float Probability { get; set; }
    }
}
