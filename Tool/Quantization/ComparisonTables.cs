using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>What 8 bits cost, as tables of text.</summary>
internal static class ComparisonTables
{
    private const int MaxLayers = 5;
    private const int MaxImages = 5;

    /// <summary>Prints what a quantization tried and found.</summary>
    public static void Write(Terminal terminal, QuantizationReport report)
    {
        var attempts = new TextTable(["Level", "Kept float", "Speed", "Size", .. ComparisonText.Columns]);
        foreach (QuantizationAttempt attempt in report.Attempts)
        {
            attempts.Add(
            [
                ComparisonText.Name(attempt.Level),
                ComparisonText.Layers(attempt.FloatLayers),
                ComparisonText.Speed(attempt.Speed),
                ModelSummary.Bytes(attempt.Bytes),
                .. ComparisonText.Cells(attempt.Comparison),
            ]);
        }

        attempts.Write(terminal);
        if (report.Layers.Count > 0)
        {
            terminal.WriteLine();
            var layers = new TextTable("Largest error alone", "Level", "Mean |Δp|");
            foreach (LayerError layer in report.Layers.Take(MaxLayers))
            {
                layers.Add(layer.Layer, ComparisonText.Name(layer.Level), ComparisonText.Difference(layer.MeanDifference));
            }

            layers.Write(terminal);
        }

        WriteWorst(terminal, report.Attempts[^1].Comparison);
    }

    /// <summary>Prints a comparison of two files.</summary>
    public static void Write(Terminal terminal, ModelComparison comparison, ModelQuantization? quantization, long bytes)
    {
        var table = new TextTable(["Level", "Kept float", "Size", "Images", .. ComparisonText.Columns]);
        table.Add(
        [
            quantization?.Level ?? "–",
            quantization is null ? "–" : ComparisonText.Layers(quantization.FloatLayers),
            ModelSummary.Bytes(bytes),
            ModelSummary.Number(comparison.Images),
            .. ComparisonText.Cells(comparison),
        ]);
        table.Write(terminal);
        WriteWorst(terminal, comparison);
    }

    private static void WriteWorst(Terminal terminal, ModelComparison? comparison)
    {
        if (comparison is null || comparison.Worst.Count == 0)
        {
            return;
        }

        terminal.WriteLine();
        var table = new TextTable("Largest difference", "Float", "8 bits", "|Δp|");
        foreach (ComparedImage image in comparison.Worst.Take(MaxImages))
        {
            table.Add(
                image.Image.Path,
                ComparisonText.Answer(image.FloatLabel, image.FloatProbability),
                ComparisonText.Answer(image.EightBitLabel, image.EightBitProbability),
                ComparisonText.Difference(image.Difference));
        }

        table.Write(terminal);
    }
}
