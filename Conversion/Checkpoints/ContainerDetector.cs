using System.Buffers.Binary;

namespace MlNetMobileViT.Conversion;

/// <summary>Recognises a file by its first bytes, and names the likely mistake where it is no checkpoint.</summary>
internal static class ContainerDetector
{
    private const int TarMagicOffset = 257;

    /// <exception cref="InvalidDataException">The file is in none of the three formats.</exception>
    public static CheckpointContainer Detect(CheckpointFile file)
    {
        var bytes = file.Span;
        if (bytes.StartsWith("PK\x03\x04"u8))
        {
            return CheckpointContainer.PyTorchZip;
        }

        if (PyTorchLegacyReader.IsLegacy(bytes))
        {
            return CheckpointContainer.PyTorchLegacy;
        }

        if (IsSafetensors(bytes))
        {
            return CheckpointContainer.Safetensors;
        }

        throw file.Error("is not a checkpoint, neither a file of torch.save nor a safetensors file: it " + Describe(bytes));
    }

    private static bool IsSafetensors(ReadOnlySpan<byte> bytes) =>
        bytes.Length > sizeof(ulong)
        && bytes[sizeof(ulong)] == '{'
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes) <= int.MaxValue;

    private static string Describe(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("PK"u8))
        {
            return "is an empty zip archive or a part of one";
        }

        if (bytes.Length > TarMagicOffset + 5 && bytes[TarMagicOffset..].StartsWith("ustar"u8))
        {
            return "is a tar archive; load it with PyTorch and save it again with torch.save";
        }

        if (bytes[0] == 0x80)
        {
            return "is a bare pickle; load it in Python and save the weights with torch.save(model.state_dict(), path)";
        }

        if (bytes.StartsWith("version https://git-lfs"u8))
        {
            return "is the Git LFS pointer to a file; fetch the file itself with git lfs pull";
        }

        // A protobuf whose first field is a small integer, as the ir_version of an ONNX file is.
        if (bytes.Length > 2 && bytes[0] == 0x08 && bytes[1] < 32)
        {
            return "looks like an ONNX file, which needs no conversion";
        }

        bool isText = bytes[..Math.Min(bytes.Length, 512)].IndexOfAnyExceptInRange((byte)0x09, (byte)0x7e) < 0;
        return isText ? "is a text, perhaps a web page saved in the file's place" : "begins as no format that is known here";
    }
}

/// <summary>The file format that holds a checkpoint.</summary>
internal enum CheckpointContainer
{
    /// <summary>The zip archive that <c>torch.save</c> writes since PyTorch 1.6.</summary>
    PyTorchZip,

    /// <summary>The sequence of pickles and raw storages that <c>torch.save</c> wrote before PyTorch 1.6.</summary>
    PyTorchLegacy,

    /// <summary>Hugging Face's safetensors.</summary>
    Safetensors,
}
