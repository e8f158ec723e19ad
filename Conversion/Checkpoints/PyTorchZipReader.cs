using System.Text;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Reads the zip archives of <c>torch.save</c>: <c>NAME/data.pkl</c> describes the tensors, <c>NAME/data/KEY</c> are the raw
/// storages, and <c>NAME/byteorder</c>, where it is there, says <c>little</c> or <c>big</c>.
/// </summary>
internal static class PyTorchZipReader
{
    private const string PickleName = "data.pkl";

    public static StateDict Read(CheckpointFile file, string? stateDictKey)
    {
        var archive = new ZipDirectory(file);
        string[] pickles = [.. archive.Names.Where(IsPickle).Take(2)];
        if (pickles.Length != 1)
        {
            throw file.Error(pickles.Length == 0
                ? "is a zip archive, but not one of torch.save: it has no entry 'data.pkl'"
                : "holds more than one entry 'data.pkl'");
        }

        string folder = pickles[0][..^PickleName.Length];
        if (archive.Contains(folder + "constants.pkl"))
        {
            throw file.Error("is a TorchScript program; save the weights alone with torch.save(model.state_dict(), path)");
        }

        if (archive.Find(folder + "byteorder") is { } order && !order.Span.SequenceEqual("little"u8))
        {
            throw file.Error($"has the byte order {CheckpointFile.Quote(Encoding.Latin1.GetString(order.Span))}; "
                + "only little-endian checkpoints are read");
        }

        var content = PickleReader.Read(file, archive.Find(pickles[0])!.Value);
        return StateDict.Select(file, content, stateDictKey, storage => archive.Find($"{folder}data/{storage.Key}"));
    }

    private static bool IsPickle(string name) =>
        name == PickleName
        || (name.EndsWith("/" + PickleName, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - PickleName.Length - 1);
}
