using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>The examples in the documentation are the code that the tests beside this one run.</summary>
[TestClass]
public sealed class SampleTests
{
    private static readonly Assembly Library = typeof(MobileViTCatalog).Assembly;

    private static readonly XDocument Documentation = XDocument.Load(Path.ChangeExtension(Library.Location, ".xml"));

    public static IEnumerable<object[]> ExtensionMethods =>
        Library.GetExportedTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(static method => method.IsDefined(typeof(ExtensionAttribute)))
            .Select(static method => new object[] { DocumentationId(method) });

    public static IEnumerable<object[]> MembersWithSamples =>
        Documentation.Descendants("member")
            .Where(static member => member.Element("example")?.Element("code")?.Attribute("source") is not null)
            .Select(static member => new object[] { (string)member.Attribute("name")! });

    [TestMethod]
    [DynamicData(nameof(ExtensionMethods))]
    public void Every_extension_method_has_an_example(string id) => Assert.IsNotNull(Code(id), $"{id} has no <example> with <code>.");

    [TestMethod]
    [DynamicData(nameof(MembersWithSamples))]
    public void Every_example_is_run(string id) => AssertIsRun(Code(id)!, id);

    [TestMethod]
    [DataRow("MobileViTConverter.Convert(")]
    [DataRow("MobileViTModelExtensions.LoadCheckpointAsync(")]
    [DataRow("MobileViTModelExtensions.LoadOfficialAsync(System.String,System.IProgress")]
    [DataRow("MobileViTModelExtensions.LoadOfficialAsync(System.String,MlNetMobileViT.Conversion.MobileViTLoadOptions")]
    public void Every_way_to_a_model_has_an_example_that_is_run(string member)
    {
        XDocument documentation = XDocument.Load(Path.ChangeExtension(typeof(MobileViTConverter).Assembly.Location, ".xml"));
        string id = "M:MlNetMobileViT.Conversion." + member;
        XElement documented = documentation.Descendants("member")
            .Single(candidate => ((string)candidate.Attribute("name")!).StartsWith(id, StringComparison.Ordinal));

        // The method that the compiler makes of a static extension refers to where its documentation is.
        string? target = (string?)documented.Element("inheritdoc")?.Attribute("cref");
        documented = target is null ? documented
            : documentation.Descendants("member").Single(candidate => (string)candidate.Attribute("name")! == target);

        AssertIsRun(documented.Element("example")!.Element("code")!, id);
    }

    private static void AssertIsRun(XElement code, string id)
    {
        string source = (string)code.Attribute("source")!;
        string region = (string)code.Attribute("region")!;
        string file = File.ReadAllText(Reference.InRepository(source));
        Match sample = Regex.Match(file, $@"#region {region}\r?\n(.*?)\r?\n *#endregion", RegexOptions.Singleline);

        Assert.AreEqual(Normalized(sample.Groups[1].Value), Normalized(code.Value), $"{id} and {source} differ.");
        MethodInfo? test = typeof(SampleTests).Assembly
            .GetType($"{typeof(SampleTests).Namespace}.{Path.GetFileNameWithoutExtension(source)}")?.GetMethod(region);
        Assert.IsTrue(test?.IsDefined(typeof(TestMethodAttribute)), $"No test {region} in {source} runs the example.");
    }

    private static XElement? Code(string id) =>
        Documentation.Descendants("member").Single(member => (string?)member.Attribute("name") == id).Element("example")?.Element("code");

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
        : type.FullName!.Replace('+', '.');
}
