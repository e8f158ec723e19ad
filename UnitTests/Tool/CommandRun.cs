using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>A command, run in this process with readers and writers of its own.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of the output that are not empty.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static Task<CommandRun> Of(params string[] arguments) => Of(arguments, "");

    public static async Task<CommandRun> Of(
        IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var reader = new StringReader(input);
        int exitCode = await MobileViTCommandLine.RunAsync(arguments, new Terminal(reader, output, error), cancellationToken);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Checks that the command did what it was asked to, and had nothing to remark.</summary>
    public void AssertSucceeded()
    {
        Assert.AreEqual("", Error);
        Assert.AreEqual(ExitCodes.Success, ExitCode);
    }

    /// <summary>Checks that the command refused, with one sentence that says all of these.</summary>
    public void AssertRefused(params string[] parts)
    {
        Assert.AreEqual(2, ExitCode, Error);
        string[] errors = Error.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).ToArray();
        Assert.HasCount(1, errors, Error);
        foreach (string part in parts)
        {
            Assert.Contains(part, errors[0]);
        }

        Assert.DoesNotContain("   at ", Error);
    }
}
