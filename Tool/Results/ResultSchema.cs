using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>What a result file holds beside the path and the error; the one place where its columns are named.</summary>
/// <remarks>
/// Class tables: <c>path,error,label_1,probability_1,…,label_k,probability_k</c>, most likely first. Feature tables:
/// <c>path,error,f0,f1,…</c>; JSON Lines, NumPy and .idv have the features as one vector. Evaluations:
/// <c>path,error,truth,prediction,probability,rank,correct</c>, the rank being that of the truth. Neighbours:
/// <c>query,error,rank,path,similarity</c>. Duplicates: <c>path,error,group,size,similarity</c>, groups numbered from 1 in the order of
/// their first pictures, the similarity being that to the first. Where <c>error</c> is set, the columns after it are empty, but for <c>truth</c>.
/// </remarks>
/// <param name="kind">What the rows hold.</param>
/// <param name="width">The number of classes in a row, or of features; 0 for the other kinds.</param>
/// <param name="hasClassIndexes">Whether <c>index_i</c> stands behind <c>label_i</c>: the place of the class among the model's.</param>
internal sealed class ResultSchema(ResultKind kind, int width, bool hasClassIndexes = false)
{
    public const string PathColumn = "path";
    public const string ErrorColumn = "error";

    private const string QueryColumn = "query";
    private const string LabelPrefix = "label_";
    private const string IndexPrefix = "index_";
    private const string ProbabilityPrefix = "probability_";
    private const string FeaturePrefix = "f";
    private const string TruthColumn = "truth";
    private const string GroupColumn = "group";
    private const string SimilarityColumn = "similarity";

    /// <summary>What evaluations are written as.</summary>
    public static ResultSchema OfEvaluation { get; } = new(ResultKind.Evaluation, 0);

    /// <summary>What the nearest pictures are written as.</summary>
    public static ResultSchema OfNeighbors { get; } = new(ResultKind.Neighbors, 0);

    /// <summary>What groups of nearly the same pictures are written as.</summary>
    public static ResultSchema OfDuplicates { get; } = new(ResultKind.Duplicates, 0);

    public ResultKind Kind { get; } = kind;

    /// <summary>The number of classes in a row, or of features; 0 for the other kinds.</summary>
    public int Width { get; } = width;

    /// <summary>The columns in the order of the file.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; } = [.. MakeColumns(kind, width, hasClassIndexes)];

    /// <summary>Recognises a table by the names of its columns.</summary>
    /// <param name="names">The names, in the order of the file.</param>
    /// <param name="source">The file, for the message.</param>
    /// <exception cref="InvalidDataException">No command of this program writes such columns.</exception>
    public static ResultSchema FromColumns(IReadOnlyList<string> names, string source)
    {
        ResultSchema schema = names switch
        {
            [_, _, FeaturePrefix + "0", ..] => new(ResultKind.Features, names.Count - 2),
            [_, _, TruthColumn, ..] => OfEvaluation,
            [_, _, GroupColumn, ..] => OfDuplicates,
            [QueryColumn, ..] => OfNeighbors,
            [_, _, _, IndexPrefix + "1", ..] => new(ResultKind.Classes, (names.Count - 2) / 3, hasClassIndexes: true),
            _ => new(ResultKind.Classes, Math.Max(names.Count - 2, 0) / 2),
        };
        return schema.Columns.Select(column => column.Name).SequenceEqual(names)
            ? schema
            : throw new InvalidDataException(
                $"'{source}' is not a result of this program: its columns are {Shorten(names)}, and those of a result are "
                + $"{PathColumn}, {ErrorColumn}, then {LabelPrefix}1, {ProbabilityPrefix}1, …, or {FeaturePrefix}0, "
                + $"{FeaturePrefix}1, …, or those of an evaluation.");
    }

    private static string Shorten(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(8).Select(name => $"'{name}'")) + (names.Count > 8 ? ", …" : "");

    private static IEnumerable<ResultColumn> MakeColumns(ResultKind kind, int width, bool hasClassIndexes)
    {
        yield return new ResultColumn(kind == ResultKind.Neighbors ? QueryColumn : PathColumn, ResultColumnRole.Path, 0);
        yield return new ResultColumn(ErrorColumn, ResultColumnRole.Error, 0);
        if (kind == ResultKind.Evaluation)
        {
            yield return new ResultColumn(TruthColumn, ResultColumnRole.Label, 0);
            yield return new ResultColumn("prediction", ResultColumnRole.Label, 1);
            yield return new ResultColumn("probability", ResultColumnRole.Number, 0);
            yield return new ResultColumn("rank", ResultColumnRole.Count, 1);
            yield return new ResultColumn("correct", ResultColumnRole.Flag, 2);
        }
        else if (kind == ResultKind.Neighbors)
        {
            yield return new ResultColumn("rank", ResultColumnRole.Count, 1);
            yield return new ResultColumn(PathColumn, ResultColumnRole.Label, 0);
            yield return new ResultColumn(SimilarityColumn, ResultColumnRole.Number, 0);
        }
        else if (kind == ResultKind.Duplicates)
        {
            yield return new ResultColumn(GroupColumn, ResultColumnRole.Count, 1);
            yield return new ResultColumn("size", ResultColumnRole.Count, 2);
            yield return new ResultColumn(SimilarityColumn, ResultColumnRole.Number, 0);
        }

        for (int i = 0; i < width; i++)
        {
            if (kind == ResultKind.Features)
            {
                yield return new ResultColumn(FeaturePrefix + i.ToString(CultureInfo.InvariantCulture), ResultColumnRole.Number, i);
            }
            else
            {
                string rank = (i + 1).ToString(CultureInfo.InvariantCulture);
                yield return new ResultColumn(LabelPrefix + rank, ResultColumnRole.Label, i);
                if (hasClassIndexes)
                {
                    yield return new ResultColumn(IndexPrefix + rank, ResultColumnRole.Count, width + i);
                }

                yield return new ResultColumn(ProbabilityPrefix + rank, ResultColumnRole.Number, i);
            }
        }
    }
}

/// <summary>A column of a result file.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Role">Which part of a row it shows.</param>
/// <param name="Index">The position within <see cref="ResultRow.Labels"/> or <see cref="ResultRow.Numbers"/>.</param>
internal sealed record ResultColumn(string Name, ResultColumnRole Role, int Index)
{
    /// <summary>Whether the column shows <see cref="ResultRow.Numbers"/>; the others hold text.</summary>
    public bool IsNumber => Role is ResultColumnRole.Number or ResultColumnRole.Count or ResultColumnRole.Flag;

    /// <summary>The text of this column in a row; null where it has none.</summary>
    public string? TextOf(ResultRow row) => Role switch
    {
        ResultColumnRole.Path => row.Path,
        ResultColumnRole.Error => row.Error,
        _ => Index < row.Labels.Length ? row.Labels[Index] : null,
    };

    /// <summary>The number of this column in a row; null where it has none.</summary>
    public float? NumberOf(ResultRow row) => Index < row.Numbers.Length ? row.Numbers[Index] : null;
}

/// <summary>Which part of a row a column shows.</summary>
internal enum ResultColumnRole
{
    /// <summary>The path of the picture.</summary>
    Path,

    /// <summary>Why the picture has no result.</summary>
    Error,

    /// <summary>The name of a class, or the path of a neighbour.</summary>
    Label,

    /// <summary>A probability, a feature or a similarity.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Count,

    /// <summary>Whether something holds: a number, 1 or 0, that is written as true or false.</summary>
    Flag,
}
