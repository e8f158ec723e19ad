using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>The committed model and pictures.</summary>
internal static class Demo
{
    public static string[] Samples { get; } =
        [.. Directory.GetFiles(ModelSource.DemoSamples, "*.jpg").Order(StringComparer.Ordinal)];

    /// <summary>Puts copies of the samples into a folder, in turn, under names that sort in the order they were made.</summary>
    public static string[] Fill(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        string[] paths = [.. Enumerable.Range(0, count).Select(i => Path.Combine(folder, $"{i:000}.jpg"))];
        for (int i = 0; i < count; i++)
        {
            File.Copy(Samples[i % Samples.Length], paths[i]);
        }

        return paths;
    }
}
