using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Tensors whose shapes, strides, offsets and storages do not fit together.</summary>
[TestClass]
public sealed class MalformedTensorTests
{
    private static readonly byte[] Storage = TestTensor.Encode(TensorDataType.Float32, [0, 1, 2, 3, 4, 5]);

    private static readonly TestTensor Good = new("the.tensor", TensorDataType.Float32, [2, 3], Storage);

    [TestMethod]
    public void A_tensor_stays_within_its_storage()
    {
        Refuse(Good with { Shape = [7], Strides = [1] }, "element 6 of a storage of 6");
        Refuse(Good with { Offset = 1 }, "element 6");
        Refuse(Good with { Offset = 7, Shape = [], Strides = [] }, "begins at element 7");
        Refuse(Good with { Offset = 6, Shape = [], Strides = [] }, "element 6");
        Refuse(Good with { Offset = -1 }, "begins at element -1");
        Refuse(Good with { Offset = long.MaxValue }, "begins at element");
        Refuse(Good with { Strides = [3, 2] }, "element 7");
        Refuse(Good with { Strides = [long.MaxValue, long.MaxValue] }, "reaches element");
        Refuse(Good with { Strides = [-1, 1] }, "negative stride");
        Refuse(Good with { Strides = [1] }, "2 dimensions but 1 strides");
        Refuse(Good with { Strides = [] }, "2 dimensions but 0 strides");
        Refuse(Good with { Shape = [2], Strides = [3, 1] }, "1 dimensions but 2 strides");
    }

    [TestMethod]
    public void A_shape_is_bounded_by_the_file()
    {
        Refuse(Good with { Shape = [-1], Strides = [1] }, "negative dimension");
        Refuse(Good with { Shape = [long.MinValue, 2], Strides = [1, 1] }, "negative dimension");
        Refuse(Good with { Shape = [1L << 40], Strides = [0] }, "more elements than the file can hold");
        Refuse(Good with { Shape = [1L << 32, 1L << 32], Strides = [0, 0] }, "more elements than the file can hold");
        Refuse(Good with { Shape = [0, long.MaxValue], Strides = [0, 0] }, "more elements than the file can hold");
        Refuse(Good with { Shape = [100, 100], Strides = [0, 0] }, "more elements than the file can hold");
        Refuse(Good with { Shape = new long[17], Strides = new long[17] }, "17 dimensions");
    }

    [TestMethod]
    public void Sharing_a_storage_many_times_over_is_bounded()
    {
        TestTensor[] tensors = [.. Enumerable.Range(0, 1000).Select(index => Good with { Name = $"t{index}", Shape = [1000], Strides = [0] })];
        RefusedFile.Assert(CheckpointWriter.Zip(CheckpointWriter.StateDict(tensors)), "more elements than the file can hold");
    }

    [TestMethod]
    public void A_storage_has_the_size_that_is_claimed()
    {
        Refuse(Good with { ClaimedElements = 7 }, "7");
        Refuse(Good with { ClaimedElements = 5 }, "5");
        Refuse(Good with { ClaimedElements = long.MaxValue }, long.MaxValue.ToString());
        RefusedFile.Assert(
            CheckpointWriter.Zip(CheckpointWriter.StateDict(Good, Good with { Name = "b", DataType = TensorDataType.Float64 })),
            "'b'", "element 5 of a storage of 3");
        RefusedFile.Assert(
            CheckpointWriter.Legacy(CheckpointWriter.StateDict(Good, Good with { Name = "b", DataType = TensorDataType.Int32 })),
            "two types");
    }

    [TestMethod]
    public void A_missing_storage_is_named() =>
        RefusedFile.Assert(
            ZipWriter.Write([.. CheckpointWriter.ZipEntries(CheckpointWriter.StateDict(Good)).Where(entry => !entry.Name.EndsWith("/0"))]),
            "'the.tensor'", "'0'", "missing");

    [TestMethod]
    public void A_name_stands_once()
    {
        RefusedFile.Assert(CheckpointWriter.Zip(CheckpointWriter.StateDict(Good, Good)), "'the.tensor'", "twice");
        RefusedFile.Assert(CheckpointWriter.Legacy(CheckpointWriter.StateDict(Good, Good)), "'the.tensor'", "twice");
        RefusedFile.Assert(CheckpointWriter.Safetensors(Good, Good), "twice");
    }

    [TestMethod]
    public void A_file_without_tensors_is_refused()
    {
        RefusedFile.Assert(CheckpointWriter.Zip(CheckpointWriter.StateDict()), "no tensors");
        RefusedFile.Assert(CheckpointWriter.Zip(new (string, object?)[] { ("epoch", 3) }), "no tensors", "state_dict");
        RefusedFile.Assert(CheckpointWriter.Zip(Good), "no dictionary");
        RefusedFile.Assert(CheckpointWriter.Zip("text"), "no dictionary");
        RefusedFile.Assert(CheckpointWriter.Safetensors(), "no tensors");
    }

    [TestMethod]
    public void A_name_cannot_break_the_message()
    {
        string name = "evil\r\n\u001b[31m\u2028" + new string('x', 10_000);
        RefusedFile.Assert(CheckpointWriter.Zip(CheckpointWriter.StateDict(Good with { Name = name, Offset = -1 })), "'evil");
    }

    private static void Refuse(TestTensor tensor, string word)
    {
        // The storage's claim is refused by the legacy reader before it comes to the tensor.
        string[] words = tensor.ClaimedElements is null ? ["'the.tensor'", word] : [word];
        RefusedFile.Assert(CheckpointWriter.Zip(CheckpointWriter.StateDict(tensor)), ["'the.tensor'", word]);
        RefusedFile.Assert(CheckpointWriter.Legacy(CheckpointWriter.StateDict(tensor)), tensor.ClaimedElements < 6 ? [] : words);
    }
}
