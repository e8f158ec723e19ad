using System.Diagnostics;
using System.Globalization;

namespace MlNetMobileViT.UnitTests;

/// <summary>Runs UnitTests/LoadingProcess, a program that knows ML.NET and the library only.</summary>
internal static class LoadingProcess
{
    /// <summary>What the program writes, line by line.</summary>
    public static string[] Run(IEnumerable<string> arguments) => RunIn(AppContext.BaseDirectory, arguments);

    /// <summary>What a copy of the program in another folder writes, line by line.</summary>
    public static string[] RunIn(string folder, IEnumerable<string> arguments)
    {
        string program = Path.Combine(folder, "LoadingProcess.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, error.Result);
        return output.Split('\n', StringSplitOptions.TrimEntries)[..^1];
    }

    /// <summary>The numbers of a line.</summary>
    public static float[] Numbers(string line) =>
        [.. line.Split(' ').Select(static text => float.Parse(text, CultureInfo.InvariantCulture))];
}
