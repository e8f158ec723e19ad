using System.Diagnostics;

namespace MlNetMobileViT.UnitTests;

/// <summary>A command that waits for something that does not come ends all the same.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class StopSignalTests
{
    // Nothing here is about time: without the mend, the command never ends.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestMethod]
    [DataRow("INT")]
    [DataRow("TERM")]
    [DataRow("HUP")]
    public async Task One_signal_ends_a_command_whose_worker_is_blocked(string signal)
    {
        using var folder = new TemporaryFolder();
        Shell.Run("mkfifo", folder.PathOf("pipe.jpg"));
        // The pipe was named, so it is read, from a writer that never writes.
        using Process process = Start(
            "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "MlNetMobileViT.Tool.dll"), "classify", folder.PathOf("pipe.jpg"));
        using Process writer = Start("sh", "-c", $"exec 3>'{folder.PathOf("pipe.jpg")}'; echo open; exec sleep 1000");
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            Assert.AreEqual("open", await writer.StandardOutput.ReadLineAsync(patience.Token));
            Shell.Run("kill", $"-{signal}", $"{process.Id}");
            await process.WaitForExitAsync(patience.Token);
            // 137 where the machine is so busy that even the end had to be cut short.
            Assert.IsTrue(process.ExitCode is 130 or 137, $"{process.ExitCode}");
        }
        finally
        {
            process.Kill();
            writer.Kill();
        }
    }

    [TestMethod]
    public async Task Pipes_in_a_folder_are_rows_and_the_run_ends_by_itself()
    {
        using var folder = new TemporaryFolder();
        Demo.Fill(folder.Root, 1);
        Shell.Run("mkfifo", folder.PathOf("pipe.jpg"));
        CommandRun run = await CommandRun.Of("classify", folder.Root, "--output", folder.PathOf("r.csv"), "--report", folder.PathOf("r.html"));
        Assert.AreEqual(1, run.ExitCode, run.Error);
        Assert.Contains("is a pipe", await File.ReadAllTextAsync(folder.PathOf("r.csv")));
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
