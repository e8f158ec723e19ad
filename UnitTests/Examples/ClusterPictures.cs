using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>What a cluster's jobs are tried on: pictures in folders, a bad one, and the tool as one program.</summary>
internal static class ClusterPictures
{
    /// <summary>
    /// Small pictures first, so that there are rows soon, then large ones, so that each shard lasts long enough to be stopped.
    /// </summary>
    public static string Draw(TemporaryFolder folder)
    {
        string pictures = folder.PathOf("pictures");
        Demo.Fill(Path.Combine(pictures, "a"), 24);
        Demo.Fill(Path.Combine(pictures, "b"), 12);
        File.WriteAllText(Path.Combine(pictures, "a", "bad.jpg"), "no picture");
        using var bitmap = new SKBitmap(4000, 4000);
        bitmap.Erase(SKColors.Red);
        using SKData large = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        for (int i = 0; i < 9; i++)
        {
            File.WriteAllBytes(Path.Combine(pictures, $"large{i}.jpg"), large.ToArray());
        }

        return pictures;
    }

    /// <summary>The output of one run without shards.</summary>
    public static async Task<byte[]> ScoreAlone(TemporaryFolder folder, string pictures)
    {
        string output = folder.PathOf("single.parquet");
        CommandRun run = await CommandRun.Of("classify", pictures, "--recursive", "--model", Tool.ModelSource.DemoFile, "--output", output);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        return await File.ReadAllBytesAsync(output);
    }

    /// <summary>What stands for the published tool.</summary>
    public static string WriteTool(TemporaryFolder folder) => WriteScript(
        folder.PathOf("mobilevit"), $"exec dotnet exec '{Path.Combine(AppContext.BaseDirectory, "MlNetMobileViT.Tool.dll")}' \"$@\"");

    public static string WriteScript(string path, string lines)
    {
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{lines}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
