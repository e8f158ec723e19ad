using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ImageNet1kTests
{
    [TestMethod]
    public void There_are_1000_classes_in_order_with_unique_ids_and_labels()
    {
        Assert.HasCount(ImageNet1k.ClassCount, ImageNet1k.Classes);
        Assert.HasCount(ImageNet1k.ClassCount, ImageNet1k.Labels);
        Assert.AreEqual(ImageNet1k.ClassCount, ImageNet1k.Labels.Distinct().Count());
        // ImageNet numbers its classes by WordNet id.
        string[] ids = [.. ImageNet1k.Classes.Select(imageNetClass => imageNetClass.WordNetId)];
        CollectionAssert.AreEqual(ids.Order(StringComparer.Ordinal).Distinct().ToArray(), ids);
        CollectionAssert.AreEqual(
            Enumerable.Range(0, 1000).ToArray(),
            ImageNet1k.Classes.Select(imageNetClass => imageNetClass.Index).ToArray());
    }

    [TestMethod]
    [DataRow(0, "n01440764", "tench", "tench")]
    [DataRow(134, "n02012849", "crane", "crane (n02012849)")]
    [DataRow(281, "n02123045", "tabby", "tabby")]
    [DataRow(517, "n03126707", "crane", "crane (n03126707)")]
    [DataRow(638, "n03710637", "maillot", "maillot (n03710637)")]
    [DataRow(639, "n03710721", "maillot", "maillot (n03710721)")]
    [DataRow(999, "n15075141", "toilet tissue", "toilet tissue")]
    public void A_class_is_what_ImageNet_calls_it(int index, string id, string name, string label) =>
        Assert.AreEqual(new ImageNetClass(index, id, name, label), ImageNet1k.Classes[index]);

    [TestMethod]
    [RequiresReference]
    public void The_classes_are_those_of_the_reference()
    {
        string[] expected = [.. File.ReadLines(Reference.PathOf("imagenet1k.tsv")).Skip(1)];
        string[] actual =
            [.. ImageNet1k.Classes.Select(imageNetClass => $"{imageNetClass.Index}\t{imageNetClass.WordNetId}\t{imageNetClass.Name}")];
        CollectionAssert.AreEqual(expected, actual);
    }
}
