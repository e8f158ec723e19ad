using System.Text.Json;

namespace MlNetMobileViT.Tool;

/// <summary>The confusion matrix of a page, which its script draws: counts or shares, by name or by confusion.</summary>
internal static class ConfusionMatrix
{
    /// <summary>The most classes in a matrix: those that were confused most.</summary>
    private const int MaxClasses = 60;

    public static void Write(ReportPage page, Evaluation evaluation)
    {
        IReadOnlyList<ClassScores> scores = evaluation.Metrics.Classes;
        int[] ordered = [.. evaluation.Metrics.Occurring.OrderByDescending(label => scores[label].Mistakes).ThenBy(label => label)];
        int[] shown = [.. ordered.Take(MaxClasses)];
        page.Markup(
            """
            <section hidden data-script>
            <div class="tools">
            <h2>Confusion</h2>
            <fieldset class="switch" id="unit"><legend>Cells</legend>
            <label><input type="radio" name="unit" value="count" checked>counts</label>
            <label><input type="radio" name="unit" value="row">% of the row</label>
            <label><input type="radio" name="unit" value="column">% of the column</label>
            </fieldset>
            <select id="class-order" aria-label="Order of the classes">
            <option value="confusion">Most confused first</option>
            <option value="name">By name</option>
            </select>
            </div>
            <div class="panel">
            <p class="legend muted">Rows are the truth, columns the prediction. <span class="key right-class"></span> right
            <span class="key wrong"></span> wrong; the stronger, the larger the share of the <span id="share-of">row</span>.
            A click on a cell, or Enter, shows its images; arrow keys move.</p>
            <div class="matrix" id="matrix"></div>
            </div>
            """);
        if (ordered.Length > shown.Length)
        {
            long mistakes = ordered.Skip(MaxClasses).Sum(label => scores[label].Support - scores[label].Right);
            page.Markup(
                $"<p class=\"muted note\">The {MaxClasses} classes that were confused most. {ReportPage.Count(ordered.Length - MaxClasses)} others "
                + $"are left out, {(mistakes == 0 ? "without a mistake" : $"with {ReportPage.Count(mistakes)} mistakes")}; "
                + "the table of classes has them.</p>");
        }

        page.Markup(
            $"""
            </section>
            <script type="application/json" id="confusion">
            {PictureGallery.Json(json => Data(json, evaluation, shown))}
            </script>
            """);
    }

    private static void Data(Utf8JsonWriter json, Evaluation evaluation, int[] shown)
    {
        json.WriteStartObject();
        json.WriteStartArray("classes");
        foreach (int label in shown)
        {
            // The totals count what is left out, too.
            ClassScores scores = evaluation.Metrics.Classes[label];
            json.WriteStartObject();
            json.WriteNumber("label", label);
            json.WriteString("name", evaluation.Labels[label]);
            json.WriteNumber("row", scores.Support);
            json.WriteNumber("column", scores.Predicted);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("counts");
        foreach (int truth in shown)
        {
            json.WriteStartArray();
            foreach (int predicted in shown)
            {
                json.WriteNumberValue(evaluation.CountOf(truth, predicted));
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
