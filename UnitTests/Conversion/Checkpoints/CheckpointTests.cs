using MlNetMobileViT.Conversion.Checkpoints;

namespace MlNetMobileViT.UnitTests.Conversion.Checkpoints;

[TestClass]
public sealed class CheckpointTests
{
    [TestMethod]
    [RequiresReference]
    [DataRow("xxs", 1_272_024)]
    [DataRow("xs", 2_317_848)]
    [DataRow("s", 5_578_632)]
    public void Official_files_have_the_published_number_of_parameters(string variant, int parameters)
    {
        var checkpoint = Checkpoint.Open(Reference.PathOf("checkpoints", $"mobilevit_{variant}.pt"));
        Assert.AreEqual(CheckpointContainer.PyTorchZip, checkpoint.Container);
        Assert.HasCount(311, checkpoint.Tensors);
        Assert.AreEqual(parameters, checkpoint.Tensors
            .Where(tensor => !tensor.Name.Contains("running_") && !tensor.Name.EndsWith("num_batches_tracked"))
            .Sum(tensor => tensor.ElementCount));
        Assert.IsTrue(checkpoint.Tensors.All(tensor => tensor.ToSingle().All(float.IsFinite)));
    }
}
