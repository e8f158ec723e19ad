namespace MlNetMobileViT.UnitTests;

/// <summary>Arguments that no command can do anything with.</summary>
[TestClass]
public sealed class UsageTests
{
    [TestMethod]
    [DataRow("There is no command 'clasify'; did you mean 'classify'?", "clasify", "photos")]
    [DataRow("There is no command 'polish'.", "polish", "photos")]
    [DataRow("; did you mean 'xxs' or 'xs'?", "classify", "--model", "xss")]
    [DataRow("There is no model 'large': a model is demo, xxs, xs, s, an .onnx file or a checkpoint.", "classify", "--model", "large")]
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
}
