namespace MlNetMobileViT.Examples;

/// <summary>For whom CSV is written. Whatever the style, the same rows are read back.</summary>
/// <param name="IsSafe">
/// Whether text that a spreadsheet would run is written with an apostrophe before it. The names of the columns and all text are
/// in quotes then, which tells such a file from one whose text begins with an apostrophe of its own; to readers of CSV the
/// quotes mean nothing.
/// </param>
/// <param name="HasByteOrderMark">Whether the file begins with UTF-8's byte order mark, without which Excel guesses.</param>
internal sealed record CsvStyle(bool IsSafe = false, bool HasByteOrderMark = false)
{
    /// <summary>For programs: every cell is what it stands for.</summary>
    public static CsvStyle Plain { get; } = new();

    /// <summary>The style in a word or two, as a manifest has it.</summary>
    public override string ToString() => (IsSafe, HasByteOrderMark) switch
    {
        (false, false) => "plain",
        (true, false) => "safe",
        (false, true) => "bom",
        (true, true) => "safe bom",
    };
}
