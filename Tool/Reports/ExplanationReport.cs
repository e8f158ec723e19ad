namespace MlNetMobileViT.Tool;

/// <summary>Pictures with their most likely classes and where in them these were seen, as a page.</summary>
internal static class ExplanationReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The heading.</param>
    /// <param name="subtitle">A line about the model.</param>
    /// <param name="origin">What made the page.</param>
    /// <param name="results">What was found out about each picture, in their order.</param>
    public static Task WriteAsync(
        string path, string title, string subtitle, ReportOrigin origin, IReadOnlyList<ExplainedImage> results)
    {
        ExplainedImage[] explained = [.. results.Where(result => result.Activation is not null)];
        string[] labels = [.. explained.Select(result => result.Activation!.Prediction.Label).Distinct()];
        var numbers = labels.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        var failures = results.Where(result => result.Activation is null).Select(result => (result.Path, result.Error!)).ToList();
        var folder = new SharedFolder(path, explained.Select(result => result.Path));
        return ReportPage.WriteAsync(path, title, subtitle, origin, page =>
        {
            page.Stats(
                new ReportStat(ReportPage.Count(results.Count), "images"),
                ReportStat.Failures(failures.Count),
                new ReportStat(ReportPage.Count(labels.Length), "classes seen"));
            if (explained.Length > 0)
            {
                int step = (explained.Length + PictureGallery.MaxExplained - 1) / PictureGallery.MaxExplained;
                PictureCard[] cards = [.. explained.Where((_, index) => index % step == 0).Select(result => CardOf(result.Path, result.Activation!, numbers))];
                string heading = step == 1
                    ? "Images"
                    : $"Images ({ReportPage.Count(cards.Length)} of {ReportPage.Count(explained.Length)}, evenly spread)";
                PictureGallery.Write(page, new GalleryContent(heading, folder, labels, cards, cards.Length)
                {
                    HasActivations = true,
                    ShowsActivations = true,
                });
            }

            page.Failures(failures, failures.Count);
        });
    }

    private static PictureCard CardOf(string path, ClassActivation activation, Dictionary<string, int> numbers) =>
        new(path, [(numbers[activation.Prediction.Label], activation.Prediction.Probability)]) { Activation = activation };
}

/// <summary>A picture and where its most likely class was seen.</summary>
/// <param name="Path">The file.</param>
/// <param name="Activation">Where; null where that failed.</param>
/// <param name="Error">Why it failed, or null.</param>
internal sealed record ExplainedImage(string Path, ClassActivation? Activation, string? Error);
