using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MlNetMobileViT.UnitTests;

/// <summary>The examples in the documentation are the code that the tests beside this one run.</summary>
[TestClass]
public sealed class SampleTests
{
    private static readonly Assembly Library = typeof(MobileViTCatalog).Assembly;

    private static readonly XDocument Documentation = XDocument.Load(Path.ChangeExtension(Library.Location, ".xml"));

    public static IEnumerable<object[]> Members =>
        ExtensionMethods
            .Union(Documentation.Descendants("code").Where(static code => code.Attribute("source") is not null)
                .Select(static code => (string)code.Ancestors("member").Single().Attribute("name")!))
            .Select(static id => new object[] { id });

    private static IEnumerable<string> ExtensionMethods =>
        Library.GetExportedTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(static method => method.IsDefined(typeof(ExtensionAttribute)))
            .Select(DocumentationId);

    [TestMethod]
    [DynamicData(nameof(Members))]
    public void Every_extension_method_has_an_example_and_every_example_is_run(string id)
    {
        XElement code = Documentation.Descendants("member").Single(member => (string?)member.Attribute("name") == id)
            .Element("example")?.Element("code")
            ?? throw new AssertFailedException($"{id} has no <example> with <code>.");

        string source = (string)code.Attribute("source")!;
        string region = (string)code.Attribute("region")!;
        string file = File.ReadAllText(Reference.InRepository(source));
        Match sample = Regex.Match(file, $@"#region {region}\r?\n(.*?)\r?\n *#endregion", RegexOptions.Singleline);

        Assert.AreEqual(Normalized(sample.Groups[1].Value), Normalized(code.Value), $"{id} and {source} differ.");
        MethodInfo? test = GetType().Assembly
            .GetType($"{GetType().Namespace}.{Path.GetFileNameWithoutExtension(source)}")?.GetMethod(region);
        Assert.IsTrue(test?.IsDefined(typeof(TestMethodAttribute)), $"No test {region} in {source} runs the example.");
    }

    /// <summary>The code without the indentation that all of its lines have.</summary>
    private static string Normalized(string code)
    {
        string[] lines = [.. code.Trim('\r', '\n', ' ').Split('\n').Select(static line => line.TrimEnd())];
        int indentation = lines.Skip(1).Where(static line => line.Length > 0)
            .Select(static line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select((line, i) => i == 0 || line.Length == 0 ? line : line[indentation..]));
    }

    /// <summary>The name that the compiler gives to a method in the documentation file.</summary>
    private static string DocumentationId(MethodInfo method)
    {
        IEnumerable<string> parameters = method.GetParameters().Select(static parameter => IdOf(parameter.ParameterType));
        return $"M:{method.DeclaringType!.FullName}.{method.Name}({string.Join(',', parameters)})";
    }

    private static string IdOf(Type type) =>
        type.IsByRef ? IdOf(type.GetElementType()!) + "@"
        : type.IsGenericType
            ? $"{type.FullName!.Split('`')[0]}{{{string.Join(',', type.GetGenericArguments().Select(IdOf))}}}"
        : type.IsArray ? IdOf(type.GetElementType()!) + "[]"
        : type.FullName!;
}
