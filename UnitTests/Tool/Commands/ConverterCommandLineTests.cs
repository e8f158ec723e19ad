namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ConverterCommandLineTests
{
    [TestMethod]
    [DataRow("command was not provided")]
    [DataRow("There is no command 'polish'", "polish", "model.pt")]
    [DataRow("'--output' is required", "convert", "a.pt")]
    [DataRow("'b.pt'", "convert", "a.pt", "b.pt", "-o", "c.onnx")]
    [DataRow("--batch takes a whole number up to 2147483647, not 'many'", "convert", "a.pt", "-o", "c.onnx", "--batch", "many")]
    [DataRow("--tolerance takes a number, not 'tiny'", "verify", "a.onnx", "--tolerance", "tiny")]
    [DataRow("There is no option '--input-sise'", "convert", "a.pt", "--input-sise", "256", "-o", "c.onnx")]
    [DataRow("There is no option '--dynamik'", "convert", "a.pt", "-o", "c.onnx", "--dynamik")]
    [DataRow("'b.pt'", "convert", "a.pt", "b.pt")]
    [DataRow("The value of --output is empty", "convert", "a.pt", "--output", "")]
    [DataRow("The value of CHECKPOINT is empty", "convert", "", "--output", "c.onnx")]
    [DataRow("'MODEL' missing", "verify")]
    [DataRow("There is no option '--colour'", "inspect", "--colour", "a.pt")]
    public async Task Wrong_usage_is_an_error_that_points_to_the_help(string sentence, params string[] args)
    {
        var run = await CommandRun.Of(args);
        Assert.AreEqual(2, run.ExitCode);
        string[] lines = run.Error.TrimEnd().Split('\n');
        Assert.HasCount(2, lines, run.Error);
        StringAssert.StartsWith(lines[0], "error: ");
        StringAssert.Contains(lines[0], sentence);
        StringAssert.Contains(lines[1], "--help");
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    [DataRow("--help", "convert", "inspect", "verify")]
    [DataRow("convert --help", "--labels", "--input-size", "--offline", "xxs, xs, s", "MOBILEVIT_CACHE")]
    [DataRow("inspect --help", "--tensors")]
    [DataRow("verify --help", "--image", "--expected")]
    public async Task Help_names_what_there_is(string args, params string[] parts)
    {
        var run = await CommandRun.Of(args.Split(' '));
        run.AssertSucceeded();
        string words = string.Join(' ', run.Output.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        foreach (string part in parts)
        {
            StringAssert.Contains(words, part);
        }
    }

    [TestMethod]
    public async Task A_stack_trace_is_shown_only_on_request()
    {
        var quiet = await CommandRun.Of("inspect", "no-such-file.pt");
        quiet.AssertRefused("no-such-file.pt");
        var verbose = await CommandRun.Of("inspect", "no-such-file.pt", "--verbose");
        StringAssert.StartsWith(verbose.Error, quiet.Error);
        StringAssert.Contains(verbose.Error, "   at ");
    }
}
