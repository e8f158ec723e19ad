using Spectre.Console;

namespace MlNetMobileViT.Tool;

/// <summary>A line a picture: its path, then labels and probabilities in columns, printed as the rows come.</summary>
internal sealed class PredictionLines
{
    private const int MinPathWidth = 12;
    private const int MaxPathWidth = 44;
    private const int MaxLabelWidth = 24;
    private const int ProbabilityWidth = 8;

    private const int MarkWidth = 3;

    private readonly Terminal _terminal;
    private readonly Func<string, string?>? _truthOf;
    private readonly string _folder;
    private readonly int _pathWidth;
    private readonly int _labelWidth;
    private readonly int _shown;
    private bool _begun;

    /// <param name="terminal">Where to print.</param>
    /// <param name="folder">What paths begin with that is not printed again and again; may be empty.</param>
    /// <param name="samplePaths">Some of the paths that will come, to choose the width by.</param>
    /// <param name="labels">The labels that may come.</param>
    /// <param name="top">The number of labels of a row.</param>
    /// <param name="truthOf">What is on a picture, by its path, where rows are to be marked as right or wrong.</param>
    public PredictionLines(
        Terminal terminal,
        string folder,
        IEnumerable<string> samplePaths,
        IEnumerable<string> labels,
        int top,
        Func<string, string?>? truthOf = null)
    {
        _truthOf = truthOf;
        _terminal = terminal;
        _folder = folder;
        int longest = samplePaths.Select(path => TextCell.Width(Shown(path))).DefaultIfEmpty(MaxPathWidth).Max();
        _pathWidth = Math.Clamp(longest, MinPathWidth, MaxPathWidth);
        _labelWidth = Math.Clamp(labels.Select(TextCell.Width).DefaultIfEmpty(MaxLabelWidth).Max(), 5, MaxLabelWidth);
        int markWidth = truthOf is null ? 0 : MarkWidth;
        _shown = Math.Clamp((terminal.Width - _pathWidth - markWidth) / (2 + _labelWidth + ProbabilityWidth), 1, top);
        Top = top;
    }

    private int Top { get; }

    private string Shown(string path) => TextCell.Printable(
        _folder.Length > 0 && path.StartsWith(_folder, StringComparison.Ordinal)
            ? path[_folder.Length..].TrimStart(Path.DirectorySeparatorChar)
            : path);

    /// <summary>Prints a row.</summary>
    public void Write(ResultRow row)
    {
        if (!_begun)
        {
            _begun = true;
            string title = _shown == 1 ? "Label" : _shown < Top ? $"Top {_shown} of {Top}" : $"Top {_shown}";
            _terminal.WriteLine($"{TextCell.Fit("Image", _pathWidth)}{(_truthOf is null ? "" : "   ")}  {title}", new Style(decoration: Decoration.Bold));
        }

        string path = TextCell.FitEnd(Shown(row.Path), _pathWidth);
        if (row.Error is not null)
        {
            _terminal.WriteLine($"{path}  error: {TextCell.Printable(row.Error)}", new Style(Color.Red));
            return;
        }

        string? truth = _truthOf?.Invoke(row.Path);
        string mark = _truthOf is null ? "" : truth is null ? "   " : truth == row.Labels[0] ? "  ✓" : "  ✗";
        var cells = row.Labels.Zip(row.Numbers).Take(_shown).Select(pair => Invariant(
            $"{TextCell.Fit(TextCell.Printable(pair.First), _labelWidth)}{100 * pair.Second,ProbabilityWidth - 2:0.0} %"));
        _terminal.WriteLine($"{path}{mark}  {string.Join("  ", cells)}");
    }
}
