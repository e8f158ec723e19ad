using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace MlNetMobileViT.Examples;

/// <summary>
/// The inputs that are on their way through a pipeline. A pipeline hands rows out in the order of its input, some of them
/// later; this brings them together with their inputs again, and puts in what could not be scored at all.
/// </summary>
internal sealed class InputQueue(IEnumerable<ImageInput> inputs) : IDisposable
{
    private readonly Queue<ImageInput> _underway = new();
    private readonly Dictionary<long, SafeFileHandle> _pipes = [];

    /// <summary>The paths for the pipeline; their inputs are remembered as they are asked for.</summary>
    public IEnumerable<string> ToScore()
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

            failures.Add(Failure(input, input.Error));
        }
    }

    /// <summary>The failures after the last row.</summary>
    public IEnumerable<ResultRow> Rest() =>
        _underway.Select(input => Failure(input, input.Error ?? "The pipeline gave no row for it."));

    /// <summary>The row of an input that could not be scored.</summary>
    public ResultRow Failure(ImageInput input, string error) => ResultRow.Failure(
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

    private static string DescriptorOf(SafeFileHandle pipe) =>
        string.Create(CultureInfo.InvariantCulture, $"/dev/fd/{pipe.DangerousGetHandle()}");

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
