using System.Reflection;
using MlNetMobileViT.Conversion;
using PublicApiGenerator;

namespace MlNetMobileViT.UnitTests;

/// <summary>What the packages make public is written down, so that nobody changes it without seeing that they do.</summary>
[TestClass]
public sealed class PublicApiTests
{
    /// <summary>Set to 1, the tests write down what they find.</summary>
    private const string AcceptVariable = "MOBILEVIT_ACCEPT_API";

    [TestMethod]
    [DataRow(typeof(MobileViTModel))]
    [DataRow(typeof(ModelOutputs))]
    [DataRow(typeof(MobileViTConverter))]
    public void Public_api_is_what_was_approved(Type typeOfLibrary)
    {
        Assembly library = typeOfLibrary.Assembly;
        string approved = Path.Combine(Reference.InRepository("UnitTests", "Api"), $"{library.GetName().Name}.txt");
        string[] found = library
            .GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(approved, string.Join('\n', found) + "\n");
        }

        string[] expected = File.Exists(approved) ? File.ReadAllLines(approved) : [];
        string[] added = [.. found.Except(expected).Select(static line => $"\n  + {line.Trim()}")];
        string[] removed = [.. expected.Except(found).Select(static line => $"\n  - {line.Trim()}")];

        Assert.IsTrue(
            found.SequenceEqual(expected),
            $"The public API of {library.GetName().Name} is not what {Path.GetFileName(approved)} has. Where that is meant, run the test "
            + $"with {AcceptVariable}=1 and commit the file.{string.Concat(removed)}{string.Concat(added)}");
    }
}
