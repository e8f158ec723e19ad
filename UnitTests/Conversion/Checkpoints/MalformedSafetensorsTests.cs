using System.Text;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class MalformedSafetensorsTests
{
    [TestMethod]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "outside", DisplayName = "beyond the end")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}""", "outside", DisplayName = "before the start")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "outside", DisplayName = "backwards")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}""", "outside", DisplayName = "8 EiB")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "outside", DisplayName = "three offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", "outside", DisplayName = "no offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551616]}}""", "described", DisplayName = "an offset of 65 bits")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.5]}}""", "described", DisplayName = "a broken offset")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":["0","8"]}}""", "described", DisplayName = "offsets of text")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "has 8 bytes, not 12", DisplayName = "too large a shape")]
    [DataRow("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", "has 8 bytes, not 4", DisplayName = "too small a type")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "negative", DisplayName = "a negative dimension")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "more elements", DisplayName = "2^64 elements")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "more elements", DisplayName = "a product that overflows")]
    [DataRow("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "described", DisplayName = "a shape that is no list")]
    [DataRow("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", "described", DisplayName = "no shape")]
    [DataRow("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "described", DisplayName = "no type")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2]}}""", "described", DisplayName = "no place")]
    [DataRow("""{"a":7}""", "described", DisplayName = "a number for a tensor")]
    [DataRow("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", "'F8_E4M3'", DisplayName = "an unknown type")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes after the last tensor", DisplayName = "bytes left over")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap of 4 bytes", DisplayName = "a gap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlaps", DisplayName = "an overlap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "twice", DisplayName = "a name twice")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "twice", DisplayName = "a name twice, once escaped")]
    [DataRow("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "JSON", DisplayName = "half a surrogate pair")]
    [DataRow("""{"a":{"dtype":"\udc00","shape":[2],"data_offsets":[0,8]}}""", "JSON", DisplayName = "a type that is half a surrogate pair")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "JSON", DisplayName = "an open brace")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{}""", "JSON", DisplayName = "more than one object")]
    [DataRow("{}", "no tensors", DisplayName = "nothing")]
    [DataRow("""{"__metadata__":{"a":"b"}}""", "no tensors", DisplayName = "metadata alone")]
    public void A_header_that_does_not_fit_the_file_is_refused(string header, string word) =>
        RefusedFile.Assert(CheckpointWriter.Safetensors(header, new byte[8]), word);

    [TestMethod]
    public void Deep_nesting_is_refused() =>
        RefusedFile.Assert(
            CheckpointWriter.Safetensors("""{"a":""" + new string('[', 100_000) + new string(']', 100_000) + "}", []), "JSON");

    [TestMethod]
    public void Text_that_is_no_utf8_is_refused()
    {
        byte[] header = [.. "{\""u8, 0xff, 0xfe, .. "\":{}}"u8];
        RefusedFile.Assert([.. BitConverter.GetBytes((long)header.Length), .. header], "JSON");
    }

    [TestMethod]
    [DataRow(100L)]
    [DataRow(99_999_999L)]
    [DataRow((long)int.MaxValue)]
    public void A_header_longer_than_the_file_is_refused(long length) =>
        RefusedFile.Assert([.. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes("{}")], "cut short");

    [TestMethod]
    [DataRow(1L << 31)]
    [DataRow(long.MaxValue)]
    [DataRow(-1L)]
    public void A_header_beyond_all_bounds_is_no_header(long length) =>
        RefusedFile.Assert([.. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes("{}")], "not a checkpoint");

    [TestMethod]
    public void The_header_is_bounded() =>
        RefusedFile.Assert(
            CheckpointWriter.Safetensors("{" + new string(' ', SafetensorsReader.MaxHeaderLength) + "}", []),
            $"more than the {SafetensorsReader.MaxHeaderLength}");

    [TestMethod]
    [DataRow("\"{0}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}", DisplayName = "empty tensors")]
    [DataRow("\"{0}\":{{}}", DisplayName = "empty descriptions")]
    [DataRow("\"{0}\":1", DisplayName = "numbers")]
    [DataRow("\"__metadata__{0}\":[[],[],[],[],[],[],[],[]]", DisplayName = "lists")]
    public void A_header_allocates_no_more_than_is_documented(string entry)
    {
        const int Documented = 64;
        string header = "{" + string.Join(',', Enumerable.Range(0, 20_000)
            .Select(index => string.Format(System.Globalization.CultureInfo.InvariantCulture, entry, index))) + "}";
        byte[] file = CheckpointWriter.Safetensors(header, new byte[1]);
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("flood.safetensors");
        File.WriteAllBytes(path, file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<InvalidDataException>(() => Checkpoint.Open(path));
        Assert.IsLessThan(Documented * file.Length, GC.GetAllocatedBytesForCurrentThread() - before - file.Length);
    }
}
