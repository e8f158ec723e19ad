using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.Tool;

/// <summary>A model that <c>train</c> wrote: from paths to labels and scores.</summary>
internal sealed class TrainedModel : IDisposable
{
    private const string ScoreColumn = "Score";
    private const string ErrorColumn = "Error";

    private readonly MLContext _context = new();
    private readonly ITransformer _transformer;

    private TrainedModel(string path, MobileViTModelOptions? options, MobileViTPipelineOptions steps)
    {
        _transformer = _context.Model.LoadMobileViT(path, out DataViewSchema input, options, steps);
        DataViewSchema output = _transformer.GetOutputSchema(
            _context.Data.LoadFromEnumerable<ImagePath>([]).Schema);
        if (input.GetColumnOrNull(nameof(ImagePath.Path)) is null
            || output.GetColumnOrNull(ErrorColumn) is null
            || output.GetColumnOrNull(ScoreColumn) is not { } score
            || !score.HasSlotNames())
        {
            throw new CommandException($"'{path}' is a model, but not one that 'train' wrote: it does not give classes for paths.");
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        Labels = [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>The classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <exception cref="CommandException">The file is no such model, or cannot run on the GPU that was asked for.</exception>
    public static TrainedModel Load(string path, MobileViTModelOptions? options = null, MobileViTPipelineOptions? steps = null)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"There is no model '{path}'. 'train' writes one.");
        }

        try
        {
            return new TrainedModel(path, options, steps ?? new MobileViTPipelineOptions());
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentOutOfRangeException or FormatException)
        {
            throw new CommandException($"'{path}' is not a model that 'train' wrote: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception) when (options?.GpuDeviceId is not null)
        {
            throw UnusableGpu.Error(path, options.GpuDeviceId.Value, exception);
        }
    }

    /// <summary>The most likely classes of each picture, in the order of the inputs.</summary>
    public IEnumerable<ResultRow> Classify(IEnumerable<ImageInput> inputs, int top) =>
        InputQueue.Score<Scored>(_context, _transformer, inputs, (input, row) =>
        {
            int[] order = [.. Enumerable.Range(0, Labels.Count).OrderByDescending(i => row.Score[i]).Take(top)];
            return new ResultRow(
                input.Index, input.Path, null, [.. order.Select(i => Labels[i])], [.. order.Select(i => row.Score[i])]);
        });

    public void Dispose() => (_transformer as IDisposable)?.Dispose();

    private sealed class Scored : ScoredImage
    {
        public float[] Score { get; set; } = [];
    }
}
