using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>The way in which every unusable file must be refused.</summary>
internal static class RefusedFile
{
    /// <summary>Asserts that opening a file of these bytes throws one sentence that names the file and all of the words.</summary>
    public static void Assert(byte[] file, params string[] words)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("given.pt");
        File.WriteAllBytes(path, file);
        var exception = Microsoft.VisualStudio.TestTools.UnitTesting.Assert.ThrowsExactly<InvalidDataException>(
            () => Checkpoint.Open(path), $"Expected: {string.Join(", ", words)}");
        AssertSentence(exception, path);
        foreach (string word in words)
        {
            StringAssert.Contains(exception.Message, word);
        }
    }

    public static void AssertSentence(InvalidDataException exception, string path)
    {
        StringAssert.StartsWith(exception.Message, $"The checkpoint file '{path}' ");
        StringAssert.EndsWith(exception.Message, ".");
        Microsoft.VisualStudio.TestTools.UnitTesting.Assert.IsFalse(exception.Message.Any(char.IsControl), exception.Message);
    }
}
