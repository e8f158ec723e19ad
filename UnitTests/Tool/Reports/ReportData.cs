using System.Text.Json;

namespace MlNetMobileViT.UnitTests;

/// <summary>What the scripts of a page draw.</summary>
internal static class ReportData
{
    /// <summary>The data under an id.</summary>
    public static JsonElement JsonOf(string page, string id) =>
        JsonDocument.Parse(page.Split($"id=\"{id}\">")[1].Split("</script>")[0]).RootElement;

    /// <summary>The pictures, each a list.</summary>
    public static JsonElement[] PicturesOf(string page) => [.. JsonOf(page, "pictures").GetProperty("pictures").EnumerateArray()];
}
