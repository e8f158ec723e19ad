using System.CommandLine;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>The command line as a whole: what is said of wrong arguments, and its help.</summary>
[TestClass]
public sealed class UsageTests
{
    private static Command Root { get; } = MobileViTCommandLine.CreateRoot(new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null));

    [TestMethod]
    [DataRow("There is no command 'clasify'; did you mean 'classify'?", "clasify", "photos")]
    [DataRow("There is no command 'polish'.", "polish", "photos")]
    [DataRow("; did you mean 'xxs' or 'xs'?", "classify", "--model", "xss")]
    [DataRow("There is no model 'large': a model is demo, xxs, xs, s, v2-0.5, ", "classify", "--model", "large")]
    [DataRow("There is no checkpoint file 'xxss'; did you mean 'xxs'?", "convert", "xxss", "-o", "m.onnx")]
    [DataRow("--top takes a whole number up to 2147483647, not 'many'", "classify", "--top", "many")]
    [DataRow("--folds takes a whole number up to 2147483647, not '2.5'", "train", "photos", "--output", "a.zip", "--folds", "2.5")]
    [DataRow("There is no option '--modle', and no file or folder of that name; did you mean '--model'?", "classify", "--modle", "s.onnx")]
    [DataRow("There is no option '--modle', and no file or folder of that name; did you mean '--model'?", "classify", "--modle=s.onnx")]
    [DataRow("did you mean '--verbose'?", "merge", "--verbos", "a.csv", "-o", "b.csv")]
    [DataRow("There is no option '--modle'", "classify", "photos", "--modle", "s.onnx")]
    [DataRow("The value of --top is empty", "classify", "photos", "--top", "")]
    [DataRow("There is no option '--bogus', and no file or folder of that name.", "--bogus")]
    [DataRow("There is no image in './--*.nothing'", "classify", "./--*.nothing")]
    [DataRow("There is no file or folder '--missing.jpg'", "classify", "--", "--missing.jpg")]
    [DataRow("The value of --model is empty", "classify", "--model", "")]
    [DataRow("The value of PATH is empty", "features", "", "--output", "a.csv")]
    [DataRow("'@nothing.jpg'", "classify", "@nothing.jpg")]
    [DataRow("There is no path on standard input", "classify", "-")]
    [DataRow("There is no image in './*.nothing'", "classify", "./*.nothing")]
    public async Task What_is_wrong_is_said_in_a_sentence(string sentence, params string[] arguments) =>
        (await CommandRun.Of(arguments)).AssertRefused(sentence);

    [TestMethod]
    public async Task An_input_that_names_no_image_is_noted_beside_one_that_does()
    {
        CommandRun run = await CommandRun.Of("classify", "./*.nothing", Demo.Samples[0]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("note: there is no image in './*.nothing'.", run.Error);
    }

    [TestMethod]
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

    [TestMethod]
    public async Task Without_arguments_the_commands_are_listed_in_lines_that_fit_a_terminal()
    {
        CommandRun run = await CommandRun.Of();
        run.AssertSucceeded();
        foreach (Command command in Root.Subcommands)
        {
            Assert.HasCount(1, run.Lines.Where(line => line.StartsWith(command.Name + " ", StringComparison.Ordinal)), command.Name);
        }

        Assert.IsTrue(run.Output.Split('\n').All(static line => line.Length < 80), run.Output);
        Assert.Contains("--help", run.Output);
    }

    [TestMethod]
    public async Task Each_help_ends_with_examples_that_are_right()
    {
        foreach (Command command in Root.Subcommands)
        {
            CommandRun run = await CommandRun.Of(command.Name, "--help");
            run.AssertSucceeded();
            string[] examples = [.. run.Lines.SkipWhile(static line => !line.StartsWith("Example", StringComparison.Ordinal)).Skip(1)];
            Assert.IsNotEmpty(examples, command.Name);
            Assert.Contains($"mobilevit {command.Name} ", string.Join('\n', examples));
            foreach (string example in examples)
            {
                string[] words = example.Split(' ');
                Assert.AreEqual("mobilevit", words[0]);
                Assert.IsNull(Arguments.Problem(Arguments.Parse(Root, words[1..])), example);
            }
        }
    }
}
