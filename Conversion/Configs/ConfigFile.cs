using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MlNetMobileViT.Conversion;

/// <summary>A JSON file beside a checkpoint, and the sentence that says what is wrong with it.</summary>
internal sealed class ConfigFile(string path)
{
    // A hundred times the configuration of a model of 1000 classes with names.
    private const int MaxBytes = 16 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string FilePath { get; } = path;

    public string Name => Path.GetFileName(FilePath);

    /// <summary>Reads a file; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is not a JSON object.</exception>
    public static ConfigObject? Find(string folder, string name)
    {
        var file = new ConfigFile(Path.Combine(folder, name));
        FileKind kind = FileKinds.Of(file.FilePath);
        if (kind is FileKind.Pipe or FileKind.Socket or FileKind.Device)
        {
            throw file.Error($"is a {FileKinds.NameOf(kind)}, not a JSON file; it was not opened");
        }

        if (!File.Exists(file.FilePath))
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = file.ReadBytes();
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        JsonElement root = file.Parse(bytes.StartsWith(mark) ? bytes[mark.Length..] : bytes);
        return root.ValueKind == JsonValueKind.Object
            ? new ConfigObject(file, root)
            : throw file.Error("is JSON, but no object");
    }

    /// <summary>One sentence: this file, then <paramref name="problem"/>.</summary>
    public InvalidDataException Error(string problem) => new($"The file '{FilePath}' {problem}.");

    private byte[] ReadBytes()
    {
        // The length is asked of the open file, and no more than that is read: the path may lead elsewhere by then.
        using var stream = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (stream.Length > MaxBytes)
        {
            throw Error($"is larger than {MaxBytes >> 20} MiB, which no configuration is");
        }

        byte[] bytes = new byte[stream.Length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..read];
    }

    private JsonElement Parse(ReadOnlySpan<byte> json)
    {
        RequireUtf8(json);
        try
        {
            // All of it is read once before anything is taken: .NET finds what stands behind the end, and half a pair of
            // surrogates ("\ud800"), only where it is asked to read them.
            var check = new Utf8JsonReader(json);
            while (check.Read())
            {
                if (check.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    _ = check.GetString();
                }
            }

            var reader = new Utf8JsonReader(json);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            throw Error("is not JSON");
        }
        catch (InvalidOperationException)
        {
            throw Error("holds text that is half a letter, a \\ud800 to \\udfff without its other half; write the letter itself");
        }
    }

    private void RequireUtf8(ReadOnlySpan<byte> json)
    {
        try
        {
            StrictUtf8.GetCharCount(json);
        }
        catch (DecoderFallbackException exception)
        {
            int line = 1 + json[..Math.Clamp(exception.Index, 0, json.Length)].Count((byte)'\n');
            throw Error(string.Create(CultureInfo.InvariantCulture, $"is not UTF-8 text in line {line}; save it as UTF-8"));
        }
    }
}
