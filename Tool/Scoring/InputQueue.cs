using Microsoft.ML;
using Microsoft.Win32.SafeHandles;

namespace MlNetMobileViT.Tool;

/// <summary>
/// The inputs that are on their way through a pipeline. A pipeline hands rows out in the order of its input, some of them
/// later; this brings them together with their inputs again, and puts in what could not be scored at all.
/// </summary>
internal sealed class InputQueue(IEnumerable<ImageInput> inputs) : IDisposable
{
    private readonly Queue<ImageInput> _underway = new();
    private readonly Dictionary<long, SafeFileHandle> _pipes = [];

    /// <summary>Scores inputs; the rows come in their order, with those that could not be scored among them.</summary>
    /// <param name="context">What pictures are handed over in.</param>
    /// <param name="transformer">What scores an <see cref="ImagePath"/>.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="toRow">Makes a row of what was scored.</param>
    /// <param name="load">Makes the transformer's input of paths, where that is more than an <see cref="ImagePath"/>.</param>
    public static IEnumerable<ResultRow> Score<TScored>(
        MLContext context,
        ITransformer transformer,
        IEnumerable<ImageInput> inputs,
        Func<ImageInput, TScored, ResultRow> toRow,
        Func<IEnumerable<string>, IDataView>? load = null)
        where TScored : ScoredImage, new()
    {
        using var underway = new InputQueue(inputs);
        IDataView images = load?.Invoke(underway.ToScore())
            ?? context.Data.LoadFromEnumerable(underway.ToScore().Select(path => new ImagePath { Path = path }));
        foreach (TScored scored in context.Data.CreateEnumerable<TScored>(
            transformer.Transform(images), reuseRowObject: false, ignoreMissingColumns: load is not null))
        {
            List<ResultRow> before = underway.Next(out ImageInput input);
            foreach (ResultRow failure in before)
            {
                yield return failure;
            }

            yield return scored.Error.Length == 0 ? toRow(input, scored) : underway.Failure(input, scored.Error);
        }

        foreach (ResultRow failure in underway.Rest())
        {
            yield return failure;
        }
    }

    /// <summary>The paths for the pipeline; their inputs are remembered as they are asked for.</summary>
    private IEnumerable<string> ToScore()
    {
        foreach (ImageInput input in inputs)
        {
            _underway.Enqueue(input);
            if (input.Error is null)
            {
                yield return input.IsPipe ? Open(input) : input.Path;
            }
        }
    }

    /// <summary>The input of the row that the pipeline handed out, and the failures that come before it.</summary>
    private List<ResultRow> Next(out ImageInput input)
    {
        var failures = new List<ResultRow>();
        while (true)
        {
            input = _underway.Dequeue();
            if (input.Error is null)
            {
                return failures;
            }

            failures.Add(Failure(input, input.Error));
        }
    }

    /// <summary>The failures after the last row.</summary>
    private IEnumerable<ResultRow> Rest() =>
        _underway.Select(input => Failure(input, input.Error ?? "The pipeline gave no row for it."));

    /// <summary>The row of an input that could not be scored.</summary>
    private ResultRow Failure(ImageInput input, string error) => ResultRow.Failure(
        input.Index,
        input.Path,
        _pipes.TryGetValue(input.Index, out SafeFileHandle? pipe)
            ? error.Replace(DescriptorOf(pipe), input.Path, StringComparison.Ordinal)
            : error);

    /// <summary>Closes the pipes.</summary>
    public void Dispose()
    {
        foreach (SafeFileHandle pipe in _pipes.Values)
        {
            pipe.Dispose();
        }

        _pipes.Clear();
    }

    private static string DescriptorOf(SafeFileHandle pipe) => Invariant($"/dev/fd/{pipe.DangerousGetHandle()}");

    /// <summary>
    /// The library reads pipes only from descriptors that are open already, so that none among many files can make it wait. One
    /// that was named is opened here, which waits for its writer.
    /// </summary>
    private string Open(ImageInput input)
    {
        if (EncodedFile.DescriptorOf(input.Path) is not null)
        {
            return input.Path;
        }

        SafeFileHandle pipe = File.OpenHandle(input.Path, share: FileShare.ReadWrite);
        _pipes.Add(input.Index, pipe);
        return DescriptorOf(pipe);
    }
}

/// <summary>What a pipeline takes.</summary>
internal sealed class ImagePath
{
    public string Path { get; set; } = "";
}

/// <summary>What a pipeline says of every picture.</summary>
internal abstract class ScoredImage
{
    public string Error { get; set; } = "";
}
