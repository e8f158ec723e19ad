using System.Text.Json;

namespace MlNetMobileViT.Conversion.Configs;

/// <summary>A JSON file beside a checkpoint, and the sentence that says what is wrong with it.</summary>
internal sealed class ConfigFile
{
    // A hundred times the configuration of a model of 1000 classes with names.
    private const int MaxBytes = 16 << 20;

    private ConfigFile(string path) => FilePath = path;

    public string FilePath { get; }

    public string Name => Path.GetFileName(FilePath);

    /// <summary>Reads a file; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is not a JSON object.</exception>
    public static ConfigObject? Find(string folder, string name)
    {
        var file = new ConfigFile(Path.Combine(folder, name));
        if (!File.Exists(file.FilePath))
        {
            return null;
        }

        if (new FileInfo(file.FilePath).Length > MaxBytes)
        {
            throw file.Error($"is larger than {MaxBytes >> 20} MiB, which no configuration is");
        }

        ReadOnlySpan<byte> bytes = File.ReadAllBytes(file.FilePath);
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var reader = new Utf8JsonReader(bytes.StartsWith(mark) ? bytes[mark.Length..] : bytes);
        try
        {
            JsonElement root = JsonElement.ParseValue(ref reader);
            return root.ValueKind == JsonValueKind.Object
                ? new ConfigObject(file, root)
                : throw file.Error("is JSON, but no object");
        }
        catch (JsonException)
        {
            throw file.Error("is not JSON");
        }
    }

    /// <summary>One sentence: this file, then <paramref name="problem"/>.</summary>
    public InvalidDataException Error(string problem) => new($"The file '{FilePath}' {problem}.");
}
