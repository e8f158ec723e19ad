using System.Diagnostics;

namespace MlNetMobileViT.UnitTests;

/// <summary>A program in a process of its own, run to its end.</summary>
internal sealed record ExampleRun(int ExitCode, string Output, string Error)
{
    /// <summary>The demo's pictures, each named after what it shows.</summary>
    public static string Samples { get; } = Reference.InRepository("Tool", "Demo", "samples");

    /// <summary>Runs a project of <c>Examples</c> where it was built, which is as deep below it as this is below its project.</summary>
    public static ExampleRun Of(string project, TemporaryFolder folder, params string[] arguments)
    {
        string build = Path.GetRelativePath(Reference.InRepository("UnitTests"), AppContext.BaseDirectory);
        string program = Reference.InRepository("Examples", project, build, $"{project}.dll");
        return Of(new ProcessStartInfo("dotnet", ["exec", program, .. arguments]) { WorkingDirectory = folder.Root });
    }

    public static ExampleRun Of(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ExampleRun(process.ExitCode, output, error.Result);
    }

    /// <summary>Checks that the program refused with one sentence that has these words.</summary>
    public void AssertRefused(string words)
    {
        Assert.AreEqual(2, ExitCode, Output + Error);
        Assert.StartsWith("error: ", Error);
        Assert.HasCount(1, Error.Trim().Split('\n'), Error);
        Assert.Contains(words, Error);
    }
}
