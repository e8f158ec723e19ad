using System.Xml.Linq;

namespace MlNetMobileViT.UnitTests;

/// <summary>What the package must not forget; <c>dotnet pack</c> itself is too slow for a test.</summary>
[TestClass]
public sealed class PackageTests
{
    [TestMethod]
    public void The_package_depends_on_all_that_the_assembly_inside_it_needs()
    {
        string[] packages = Included("Estimators", "PackageReference");

        foreach (string needed in Included("Model", "PackageReference"))
        {
            CollectionAssert.Contains(
                packages, needed, $"Model.csproj needs {needed}; the package that carries its assembly must depend on it.");
        }
    }

    /// <summary>Which native library, for the CPU or for CUDA, is the application's choice.</summary>
    [TestMethod]
    public void The_package_depends_on_the_managed_part_of_ONNX_Runtime_alone()
    {
        string[] packages = Included("Estimators", "PackageReference");

        CollectionAssert.Contains(packages, "Microsoft.ML.OnnxRuntime.Managed");
        CollectionAssert.DoesNotContain(packages, "Microsoft.ML.OnnxRuntime");
    }

    [TestMethod]
    public void Only_Model_travels_inside_the_package()
    {
        Assert.AreEqual("../Model/Model.csproj", string.Join(", ", Included("Estimators", "ProjectReference")));
        Assert.IsEmpty(Included("Model", "ProjectReference"));
    }

    /// <summary>A saved pipeline names the assembly with its version, and no later minor version may make it another.</summary>
    [TestMethod]
    [DataRow(typeof(ModelMetadata))]
    [DataRow(typeof(MobileViTModel))]
    public void The_assembly_has_one_version_for_all_of_1_x(Type type) =>
        Assert.AreEqual(new Version(1, 0, 0, 0), type.Assembly.GetName().Version);

    private static string[] Included(string project, string item) =>
    [
        .. XDocument.Load(Reference.InRepository(project, $"{project}.csproj")).Descendants(item)
            .Select(static element => (string)element.Attribute("Include")!),
    ];
}
