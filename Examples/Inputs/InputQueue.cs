using MlNetMobileViT.Examples.Results;

namespace MlNetMobileViT.Examples.Inputs;

/// <summary>
/// The inputs that are on their way through a pipeline. A pipeline hands rows out in the order of its input, some of them
/// later; this brings them together with their inputs again, and puts in what could not be scored at all.
/// </summary>
internal sealed class InputQueue(IEnumerable<ImageInput> inputs)
{
    private readonly Queue<ImageInput> _underway = new();

    /// <summary>The inputs for the pipeline, remembered as they are asked for.</summary>
    public IEnumerable<ImageInput> ToScore()
    {
        foreach (ImageInput input in inputs)
        {
            _underway.Enqueue(input);
            if (input.Error is null)
            {
                yield return input;
            }
        }
    }

    /// <summary>The input of the row that the pipeline handed out, and the failures that come before it.</summary>
    public IReadOnlyList<ResultRow> Next(out ImageInput input)
    {
        var failures = new List<ResultRow>();
        while (true)
        {
            input = _underway.Dequeue();
            if (input.Error is null)
            {
                return failures;
            }

            failures.Add(ResultRow.Failure(input.Index, input.Path, input.Error));
        }
    }

    /// <summary>The failures after the last row.</summary>
    public IEnumerable<ResultRow> Rest() =>
        _underway.Select(input => ResultRow.Failure(input.Index, input.Path, input.Error ?? "The pipeline gave no row for it."));
}
