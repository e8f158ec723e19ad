using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class SystemFoldersTests
{
    [TestMethod]
    [DataRow(".git", true)]
    [DataRow(".ipynb_checkpoints", true)]
    [DataRow(".Trash-1000", true)]
    [DataRow("@eaDir", true)]
    [DataRow("__MACOSX", true)]
    [DataRow("$RECYCLE.BIN", true)]
    [DataRow("$Recycle.Bin", true)]
    [DataRow("System Volume Information", true)]
    [DataRow("#recycle", true)]
    [DataRow("lost+found", true)]
    [DataRow(".", false)]
    [DataRow("..", false)]
    [DataRow("lost", false)]
    [DataRow("@home", false)]
    [DataRow("n01440764", false)]
    public void A_folder_is_a_systems_own_by_its_name(string name, bool isSystem) =>
        Assert.AreEqual(isSystem, SystemFolders.IsSystem(name));
}
