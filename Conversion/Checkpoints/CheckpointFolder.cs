namespace MlNetMobileViT.Conversion;

/// <summary>A folder as Hugging Face's <c>save_pretrained</c> and timm's hub write it: weights and JSON files of known names.</summary>
internal static class CheckpointFolder
{
    private static readonly string[] WeightFiles = ["model.safetensors", "pytorch_model.bin"];

    /// <summary>The file of weights in a folder; any other path as it is.</summary>
    /// <exception cref="InvalidDataException">The folder holds no file of weights, or weights in parts.</exception>
    public static string Resolve(string path)
    {
        if (!Directory.Exists(path))
        {
            return path;
        }

        string[] files = [.. WeightFiles.Select(name => Path.Combine(path, name))];
        if (Array.Find(files, File.Exists) is { } weights)
        {
            return weights;
        }

        throw CheckpointFile.Error(path, Array.Find(files, static file => File.Exists(file + ".index.json")) is { } index
            ? $"is a folder whose weights are in parts ('{Path.GetFileName(index)}.index.json'), which no MobileViT is large enough "
                + "for; save them whole, with a larger max_shard_size"
            : $"is a folder that holds neither {string.Join(" nor ", WeightFiles)}; give the path of a checkpoint file");
    }
}
