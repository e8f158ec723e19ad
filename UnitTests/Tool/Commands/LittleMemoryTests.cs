using System.Diagnostics;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class LittleMemoryTests
{
    // In a container the limit comes from there.
    private const string HeapLimit = "DOTNET_GCHeapHardLimit";
    private const int HeapBytes = 192 << 20;
    private const int Width = 8000;
    private const int Height = 4000;

    [TestMethod]
    public void A_picture_that_the_process_has_no_memory_for_is_one_bad_row()
    {
        using var folder = new TemporaryFolder();
        using (var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Gray8, SKAlphaType.Opaque)))
        using (SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100))
        {
            File.WriteAllBytes(folder.PathOf("large.png"), data.ToArray());
        }

        File.WriteAllBytes(folder.PathOf("small.png"), Pixels.EncodePng(Pixels.Draw(40, 30, 1), 40, 30));
        string program = Path.Combine(AppContext.BaseDirectory, "MlNetMobileViT.Tool.dll");
        var start = new ProcessStartInfo(
            "dotnet", ["exec", program, "classify", folder.Root, "--quiet", "--output", folder.PathOf("rows.csv")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[HeapLimit] = $"0x{HeapBytes:X}";

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(1, process.ExitCode, error.Result);
        string rows = File.ReadAllText(folder.PathOf("rows.csv"));
        Assert.Contains("large.png' declares 8000×4000 pixels, which take 122 MB of memory to decode, more than the ", rows);
        Assert.Contains("; scale it down, or give the process more memory.", rows);
        Assert.HasCount(1, rows.Split("declares").Skip(1).ToArray(), rows);
    }
}
