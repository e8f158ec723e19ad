using System.Text.Json;

namespace MlNetMobileViT.Conversion;

/// <summary>A JSON object in a configuration. A key whose value is null counts as absent, as Python's libraries have it.</summary>
internal readonly record struct ConfigObject(ConfigFile File, JsonElement Element)
{
    public bool Has(string key) => Find(key) is not null;

    public string? Text(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, "text");

    public bool? Flag(string key) => Find(key) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(key, "true or false");

    public int? Integer(string key) => Find(key) is not { } value ? null
        : WholeNumber(value) ?? throw Wrong(key, "a whole number");

    public double? Number(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number : throw Wrong(key, "a number");

    public ConfigObject? Object(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new ConfigObject(File, value) : throw Wrong(key, "an object");

    public bool IsNumber(string key) => Find(key) is { ValueKind: JsonValueKind.Number };

    public string[]? Texts(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(static item => item.GetString()!)]
            : throw Wrong(key, "a list of texts");

    /// <summary>Numbers, or one number for all.</summary>
    public double[]? Numbers(string key, int count)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        if (IsNumber(key))
        {
            return [.. Enumerable.Repeat(value.GetDouble(), count)];
        }

        return value.ValueKind == JsonValueKind.Array
            && value.GetArrayLength() == count
            && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(static item => item.GetDouble())]
            : throw Wrong(key, $"a list of {count} numbers");
    }

    /// <summary>The keys and values, each value as it stands in the file where it is no text.</summary>
    public IEnumerable<(string Key, string Value)> Entries() => Element.EnumerateObject().Select(static property =>
        (property.Name, property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText()));

    /// <summary>One sentence: the file, the key and its value, then <paramref name="problem"/>.</summary>
    public InvalidDataException Error(string key, string problem)
    {
        const int Longest = 80;
        string value = Find(key)?.GetRawText() ?? "null";
        string shown = string.Concat(value.Where(static letter => !char.IsControl(letter)).Take(Longest));
        return File.Error($"has \"{key}\": {shown}{(value.Length > Longest ? "…" : "")}, {problem}");
    }

    /// <summary>A whole number, also as 288.0: Python's numbers become that when somebody has calculated with them.</summary>
    private static int? WholeNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out double number)
        && number is >= int.MinValue and <= int.MaxValue
        && number == Math.Truncate(number)
            ? (int)number
            : null;

    private InvalidDataException Wrong(string key, string expected) => Error(key, $"where {expected} was expected");

    private JsonElement? Find(string key) =>
        Element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
