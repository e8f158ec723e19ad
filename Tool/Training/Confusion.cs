using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>How often a picture of one class was taken for another.</summary>
/// <param name="labels">The classes, in the order of the rows and columns.</param>
internal sealed class Confusion(IReadOnlyList<string> labels)
{
    private const int LargestTable = 24;

    private readonly Dictionary<string, int> _index = labels.Select((label, i) => (label, i)).ToDictionary();
    private readonly Dictionary<(int Truth, int Predicted), List<string>> _cells = [];
    private readonly long[] _seen = new long[labels.Count];
    private readonly long[] _right = new long[labels.Count];

    public IReadOnlyList<string> Labels { get; } = labels;

    /// <summary>The number of pictures.</summary>
    public long Count { get; private set; }

    /// <summary>The share of right predictions.</summary>
    public double Accuracy => Count == 0 ? 0 : (double)_right.Sum() / Count;

    /// <summary>The mean of the classes' accuracies, over classes that were seen.</summary>
    public double MacroAccuracy => Seen.Select(AccuracyOf).DefaultIfEmpty(0).Average();

    /// <summary>The classes that there were pictures of, by index.</summary>
    public IEnumerable<int> Seen => Enumerable.Range(0, Labels.Count).Where(i => _seen[i] > 0);

    /// <summary>The classes that there were pictures or predictions of, by index.</summary>
    public IReadOnlyList<int> Touched =>
        [.. _cells.Keys.SelectMany(cell => new[] { cell.Truth, cell.Predicted }).Distinct().Order()];

    /// <summary>The pairs that were confused, most often first, and the pictures.</summary>
    public IEnumerable<(string Truth, string Predicted, IReadOnlyList<string> Paths)> Pairs => _cells
        .Where(cell => cell.Key.Truth != cell.Key.Predicted)
        .OrderByDescending(cell => cell.Value.Count).ThenBy(cell => cell.Key)
        .Select(cell => (Labels[cell.Key.Truth], Labels[cell.Key.Predicted], (IReadOnlyList<string>)cell.Value));

    public void Add(string truth, string predicted, string path)
    {
        int row = _index[truth];
        int column = _index[predicted];
        Count++;
        _seen[row]++;
        _right[row] += row == column ? 1 : 0;
        if (!_cells.TryGetValue((row, column), out List<string>? paths))
        {
            _cells[(row, column)] = paths = [];
        }

        paths.Add(path);
    }

    public long SeenOf(int label) => _seen[label];

    public double AccuracyOf(int label) => (double)_right[label] / _seen[label];

    public int CountOf(int truth, int predicted) => _cells.TryGetValue((truth, predicted), out var paths) ? paths.Count : 0;

    /// <summary>Prints the matrix where it fits, and the most confused pairs.</summary>
    public void Write(Terminal terminal, int pairs = 8)
    {
        IReadOnlyList<int> touched = Touched;
        if (touched.Count <= LargestTable)
        {
            terminal.WriteLine("Confusion (rows: the truth; columns: the prediction, in the same order)");
            var table = new TextTable([.. Enumerable.Repeat("", touched.Count + 2)]);
            foreach (int row in touched)
            {
                table.Add(
                [
                    Labels[row],
                    .. touched.Select(column => CountOf(row, column) is > 0 and int count
                        ? count.ToString(CultureInfo.InvariantCulture)
                        : "."),
                    _seen[row] == 0 ? "" : Invariant($"{100 * AccuracyOf(row):0.0} %"),
                ]);
            }

            table.Write(terminal);
            terminal.WriteLine();
        }

        var confused = Pairs.Take(pairs).ToArray();
        if (confused.Length > 0)
        {
            var table = new TextTable("Most confused", "images");
            foreach (var (truth, predicted, paths) in confused)
            {
                table.Add($"{truth} taken for {predicted}", paths.Count.ToString(CultureInfo.InvariantCulture));
            }

            table.Write(terminal);
            terminal.WriteLine();
        }
    }
}
