namespace MlNetMobileViT.UnitTests.Conversion.Cli;

[TestClass]
public sealed class ConverterCommandLineTests
{
    [TestMethod]
    [DataRow("")]
    [DataRow("polish model.pt")]
    [DataRow("convert")]
    [DataRow("convert a.pt b.pt -o c.onnx")]
    [DataRow("convert a.pt -o c.onnx --batch many")]
    [DataRow("verify")]
    [DataRow("inspect --colour a.pt")]
    public async Task Wrong_usage_is_an_error_that_points_to_the_help(string args)
    {
        var run = await CommandRun.Of(args.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.StartsWith(run.Error, "error: ");
        StringAssert.Contains(run.Error, "--help");
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
