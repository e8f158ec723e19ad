using System.Text;
using System.Text.Json;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Writes checkpoint files of all three formats, honest or not.</summary>
internal static class CheckpointWriter
{
    private const string Folder = "model/";

    /// <summary>A file whose root is the state dict.</summary>
    public static byte[] Write(CheckpointContainer container, IEnumerable<TestTensor> tensors)
    {
        TestTensor[] all = [.. tensors];
        return container switch
        {
            CheckpointContainer.PyTorchZip => Zip(StateDict(all)),
            CheckpointContainer.PyTorchLegacy => Legacy(StateDict(all)),
            _ => Safetensors(all),
        };
    }

    public static (string Key, object? Value)[] StateDict(params TestTensor[] tensors) =>
        [.. tensors.Select(tensor => (tensor.Name, (object?)tensor))];

    /// <summary>A zip file of <c>torch.save</c> with any root; see <see cref="PickleWriter"/>.</summary>
    public static byte[] Zip(object? root) => ZipWriter.Write(ZipEntries(root));

    public static List<ZipEntry> ZipEntries(object? root)
    {
        var pickle = new PickleWriter();
        byte[] data = pickle.Write(root);
        return
        [
            new ZipEntry(Folder + "data.pkl", data),
            new ZipEntry(Folder + "byteorder", "little"u8.ToArray()),
            .. pickle.Storages.Select((tensor, index) => new ZipEntry($"{Folder}data/{index}", tensor.Storage)),
            new ZipEntry(Folder + "version", "3\n"u8.ToArray()),
        ];
    }

    /// <summary>A zip file whose pickle is given byte by byte.</summary>
    public static byte[] ZipOfPickle(byte[] pickle) => ZipWriter.Write([new ZipEntry(Folder + "data.pkl", pickle)]);

    /// <summary>A legacy file of <c>torch.save</c> with any root; see <see cref="PickleWriter"/>.</summary>
    public static byte[] Legacy(object? root, bool littleEndian = true, int protocol = 1001)
    {
        var pickle = new PickleWriter(legacy: true);
        byte[] data = pickle.Write(root);
        return
        [
            .. new PickleWriter().Write(RawPickle.Of("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19")),
            .. new PickleWriter().Write(protocol),
            .. new PickleWriter().Write(new (string, object?)[]
            {
                ("protocol_version", protocol), ("little_endian", littleEndian),
                ("type_sizes", new (string, object?)[] { ("short", 2), ("int", 4), ("long", 4) }),
            }),
            .. data,
            .. new PickleWriter().Write(pickle.Storages.Select((_, index) => (object?)index.ToString()).ToList()),
            .. pickle.Storages.SelectMany(tensor =>
                BitConverter.GetBytes(tensor.StorageElements).Concat(tensor.Storage)),
        ];
    }

    public static byte[] Safetensors(params TestTensor[] tensors)
    {
        int position = 0;
        var header = new StringBuilder("""{"__metadata__":{"format":"pt"}""");
        foreach (var tensor in tensors)
        {
            string type = tensor.DataType switch
            {
                TensorDataType.Float32 => "F32",
                TensorDataType.Float16 => "F16",
                TensorDataType.BFloat16 => "BF16",
                TensorDataType.Float64 => "F64",
                TensorDataType.Int64 => "I64",
                TensorDataType.Int32 => "I32",
                TensorDataType.Int16 => "I16",
                TensorDataType.Int8 => "I8",
                TensorDataType.UInt8 => "U8",
                _ => "BOOL",
            };
            int end = position + tensor.Storage.Length;
            header.Append($$"""
                ,{{JsonSerializer.Serialize(tensor.Name)}}:{"dtype":"{{type}}","shape":[{{string.Join(',', tensor.Shape)}}],"data_offsets":[{{position}},{{end}}]}
                """);
            position = end;
        }

        return Safetensors(header.Append('}').ToString(), [.. tensors.SelectMany(tensor => tensor.Storage)]);
    }

    /// <summary>A safetensors file whose header is given as text.</summary>
    public static byte[] Safetensors(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)text.Length), .. text, .. data];
    }
}
