using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>What a command line of the converter returned and wrote.</summary>
internal sealed record ConverterRun(int ExitCode, string Output, string Error)
{
    public static async Task<ConverterRun> Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await ConverterCommandLine.RunAsync(args, new CommandHost(output, error));
        return new ConverterRun(exitCode, output.ToString(), error.ToString());
    }

    public void AssertSucceeded()
    {
        Assert.AreEqual("", Error);
        Assert.AreEqual(ExitCodes.Success, ExitCode);
    }

    /// <summary>One sentence on the error stream that says all of the parts, and the exit code for unusable input.</summary>
    public void AssertRefused(params string[] parts)
    {
        Assert.AreEqual(ExitCodes.Error, ExitCode, Output + Error);
        StringAssert.StartsWith(Error, "error: ");
        Assert.HasCount(1, Error.TrimEnd().Split('\n'), Error);
        foreach (string part in parts)
        {
            StringAssert.Contains(Error, part);
        }
    }
}
