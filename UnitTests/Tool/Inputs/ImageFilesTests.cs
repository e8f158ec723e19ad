using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ImageFilesTests
{
    [TestMethod]
    [DataRow("a.jpg", true)]
    [DataRow("a.JFIF", true)]
    [DataRow("a.pjpeg", true)]
    [DataRow("a.pjp", true)]
    [DataRow("a.apng", true)]
    [DataRow("a.dib", true)]
    [DataRow("a.ico", true)]
    [DataRow("a.tiff", true)]
    [DataRow("a.txt", false)]
    [DataRow("jpg", false)]
    [DataRow(".hidden.jpg", false)]
    public void Names_of_pictures_end_as_the_formats_that_are_read(string name, bool isImage) =>
        Assert.AreEqual(isImage, ImageFiles.IsImageName(name));
}
