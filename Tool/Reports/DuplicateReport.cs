using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>Groups of nearly the same pictures, as a sheet.</summary>
internal static class DuplicateReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The heading.</param>
    /// <param name="subtitle">A line about the model.</param>
    /// <param name="origin">What made the page.</param>
    /// <param name="threshold">The least cosine with the first picture of a group.</param>
    /// <param name="images">All pictures.</param>
    public static Task WriteAsync(
        string path, string title, string subtitle, ReportOrigin origin, float threshold, IReadOnlyList<GroupedImage> images)
    {
        GroupedImage[][] groups = [.. GroupedImage.Duplicates(images).Select(group => group.ToArray())];
        (string Path, string Reason)[] failures = [.. images.Where(image => image.Error is not null).Select(image => (image.Path, image.Error!))];
        var folder = new SharedFolder(path, groups.SelectMany(group => group).Select(image => image.Path));
        return ReportPage.WriteAsync(path, title, subtitle, origin, page =>
        {
            page.Stats(
                new ReportStat(ReportPage.Count(images.Count), "images"),
                ReportStat.Failures(failures.Length),
                new ReportStat(ReportPage.Count(groups.Length), "groups of nearly the same"),
                new ReportStat(ReportPage.Count(groups.Sum(group => group.Length)), "images in groups"));
            page.Markup(
                $"<p class=\"muted note\">The features of each image of a group have a cosine of at least {threshold.ToString(CultureInfo.InvariantCulture)} "
                + "with those of its first. Cosines of other models are not the same: look before you delete.</p>");
            if (groups.Length > 0)
            {
                page.Where(folder);
            }

            int left = CosineCards.MaxPictures;
            int written = 0;
            foreach (GroupedImage[] group in groups.TakeWhile(_ => left > 0))
            {
                page.Markup($"<h2>Group {group[0].Group}: {ReportPage.Count(group.Length)} images</h2>");
                CosineCards.Write(page, folder, group.Take(left).Select((image, i) => (image.Path, i == 0 ? null : (float?)image.Cosine)));
                if (group.Length > left)
                {
                    page.Markup($"<p class=\"muted\">The first {ReportPage.Count(left)} of them.</p>");
                }

                left -= group.Length;
                written++;
            }

            if (written < groups.Length)
            {
                page.Markup(
                    $"<p class=\"muted\">The first {ReportPage.Count(written)} of {ReportPage.Count(groups.Length)} groups; --output writes all.</p>");
            }

            page.Failures(failures, failures.Length);
        });
    }
}
