using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>The order of the classes of a row.</summary>
/// <param name="rankBy">The output that orders them: logits, where the model has them, for they never tie by rounding to 1.</param>
/// <param name="probabilities">The output with their probabilities.</param>
internal sealed class ClassRanking(int rankBy, int probabilities)
{
    /// <summary>Whether there are scores at all.</summary>
    public static bool IsMissing(ReadOnlySpan<float> scores) => float.IsNaN(scores[0]);

    /// <summary>The indices of the highest scores, highest first; of equal ones the first comes first.</summary>
    public static void Top(ReadOnlySpan<float> scores, Span<int> classes)
    {
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (count == classes.Length && !(scores[i] > scores[classes[count - 1]]))
            {
                continue;
            }

            int place = count < classes.Length ? count++ : count - 1;
            for (; place > 0 && scores[i] > scores[classes[place - 1]]; place--)
            {
                classes[place] = classes[place - 1];
            }

            classes[place] = i;
        }
    }

    public bool IsMissing(RowResult row) => IsMissing(row.Values[rankBy]);

    public void Top(RowResult row, Span<int> classes) => Top(row.Values[rankBy], classes);

    public int Best(RowResult row)
    {
        Span<int> best = stackalloc int[1];
        Top(row, best);
        return best[0];
    }

    public float Probability(RowResult row, int index) => row.Values[probabilities][index];
}

/// <summary>The most likely class, as a key: index + 1, or 0 where it is missing.</summary>
internal sealed class PredictedLabelColumn(string name, int classes, ClassRanking ranking)
    : OutputColumn(name, new KeyDataViewType(typeof(uint), classes))
{
    public override Delegate CreateGetter(Func<RowResult> currentRow)
    {
        ValueGetter<uint> getter = (ref uint value) =>
        {
            RowResult row = currentRow();
            row.ThrowIfFailed();
            value = ranking.IsMissing(row) ? 0 : (uint)ranking.Best(row) + 1;
        };
        return getter;
    }
}

/// <summary>The probability of the most likely class.</summary>
internal sealed class ProbabilityColumn(string name, ClassRanking ranking) : OutputColumn(name, NumberDataViewType.Single)
{
    public override Delegate CreateGetter(Func<RowResult> currentRow)
    {
        ValueGetter<float> getter = (ref float value) =>
        {
            RowResult row = currentRow();
            row.ThrowIfFailed();
            value = ranking.IsMissing(row) ? float.NaN : ranking.Probability(row, ranking.Best(row));
        };
        return getter;
    }
}

/// <summary>The labels of the most likely classes.</summary>
internal sealed class TopLabelsColumn(string name, int count, IReadOnlyList<string> labels, ClassRanking ranking)
    : OutputColumn(name, new VectorDataViewType(TextDataViewType.Instance, count))
{
    public override Delegate CreateGetter(Func<RowResult> currentRow)
    {
        int[] classes = new int[count];
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter = (ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            RowResult row = currentRow();
            row.ThrowIfFailed();
            VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.Create(ref value, count);
            if (ranking.IsMissing(row))
            {
                editor.Values.Clear();
            }
            else
            {
                ranking.Top(row, classes);
                for (int i = 0; i < count; i++)
                {
                    editor.Values[i] = labels[classes[i]].AsMemory();
                }
            }

            value = editor.Commit();
        };
        return getter;
    }
}

/// <summary>The probabilities of the most likely classes.</summary>
internal sealed class TopProbabilitiesColumn(string name, int count, ClassRanking ranking)
    : OutputColumn(name, new VectorDataViewType(NumberDataViewType.Single, count))
{
    public override Delegate CreateGetter(Func<RowResult> currentRow)
    {
        int[] classes = new int[count];
        ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> value) =>
        {
            RowResult row = currentRow();
            row.ThrowIfFailed();
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, count);
            if (ranking.IsMissing(row))
            {
                editor.Values.Fill(float.NaN);
            }
            else
            {
                ranking.Top(row, classes);
                for (int i = 0; i < count; i++)
                {
                    editor.Values[i] = ranking.Probability(row, classes[i]);
                }
            }

            value = editor.Commit();
        };
        return getter;
    }
}
