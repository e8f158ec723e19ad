using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class RealPathTests
{
    [TestMethod]
    public void Links_to_files_and_folders_lead_to_the_same_file()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("a"));
        File.WriteAllText(folder.PathOf("a", "model.pt"), "");
        Directory.CreateSymbolicLink(folder.PathOf("b"), folder.PathOf("a"));
        Directory.CreateSymbolicLink(folder.PathOf("c"), "b");
        File.CreateSymbolicLink(folder.PathOf("link.pt"), folder.PathOf("c", "model.pt"));
        string model = folder.PathOf("a", "model.pt");
        foreach (string same in new[] { folder.PathOf("b", "model.pt"), folder.PathOf("c", ".", "model.pt"), folder.PathOf("link.pt") })
        {
            Assert.IsTrue(RealPath.AreSame(model, same), same);
            Assert.IsTrue(RealPath.AreSame(same, model), same);
        }

        Assert.IsFalse(RealPath.AreSame(model, folder.PathOf("a", "other.pt")));
        Assert.IsFalse(RealPath.AreSame(model, folder.PathOf("a")));
    }

    [TestMethod]
    public void A_relative_link_behind_another_is_followed_from_where_it_lies()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("deep", "dir"));
        Directory.CreateDirectory(folder.PathOf("here"));
        File.WriteAllText(folder.PathOf("deep", "f.csv"), "");
        Directory.CreateSymbolicLink(folder.PathOf("here", "dirlink"), Path.Combine("..", "deep", "dir"));
        File.CreateSymbolicLink(folder.PathOf("deep", "dir", "L2"), Path.Combine("..", "f.csv"));
        File.CreateSymbolicLink(folder.PathOf("here", "L1.csv"), Path.Combine("dirlink", "L2"));
        Assert.AreEqual(RealPath.Of(folder.PathOf("deep", "f.csv")), RealPath.Of(folder.PathOf("here", "L1.csv")));
        Assert.AreEqual(RealPath.Of(folder.PathOf("deep")), RealPath.Of(folder.PathOf("here", "dirlink")) is var real ? Path.GetDirectoryName(real) : "");
    }

    [TestMethod]
    public void Links_in_a_circle_lead_nowhere_and_end()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.PathOf("one"), folder.PathOf("two"));
        File.CreateSymbolicLink(folder.PathOf("two"), folder.PathOf("one"));
        Assert.IsFalse(RealPath.AreSame(folder.PathOf("one"), folder.PathOf("three")));
    }

    [TestMethod]
    [DataRow("/Photos/A.csv", "/photos/a.csv", true, DisplayName = "case")]
    [DataRow("/photos/caf\u00e9.csv", "/photos/cafe\u0301.csv", true, DisplayName = "composed and decomposed accents")]
    [DataRow("/photos/a.csv", "/photos/b.csv", false, DisplayName = "other name")]
    [DataRow("/photos/a.csv", "/photos/sub/a.csv", false, DisplayName = "other folder")]
    public void Names_are_one_where_the_file_system_has_one(string left, string right, bool expected)
    {
        // Ignores case and normalisation, and has one file in one folder.
        Assert.AreEqual(expected, RealPath.AreSame(left, right, folder => folder == "/" ? ["photos"] : [left[8..]], _ => true));
        // Tells both apart, and has either spelling.
        Assert.IsFalse(RealPath.AreSame(left, right, folder => folder == "/" ? ["Photos", "photos"] : [left[8..], right[8..]], _ => true));
        // Tells both apart, and has the first.
        Assert.IsFalse(RealPath.AreSame(left, right, folder => folder == "/" ? [left[1..7]] : [left[8..]], path => path == left));
    }

    [TestMethod]
    public void The_file_system_of_this_machine_tells_case_apart_or_does_not()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("a.csv"), "");
        Assert.AreEqual(
            File.Exists(folder.PathOf("A.CSV")), RealPath.AreSame(folder.PathOf("A.CSV"), folder.PathOf("a.csv")));
        File.WriteAllText(folder.PathOf("A.CSV"), "");
        Assert.AreEqual(
            Directory.GetFiles(folder.Root).Length == 1, RealPath.AreSame(folder.PathOf("A.CSV"), folder.PathOf("a.csv")));
    }
}
