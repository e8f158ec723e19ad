namespace MlNetMobileViT.Conversion;

/// <summary>
/// The forms in which a feature map is there: float32 [N, C, H, W] under its own name, float32 [N, H, W, C], and bytes [N, H, W, C]. A form
/// that is asked for and not there is made of one that is, once.
/// </summary>
internal sealed class MapForms(OnnxGraph graph, EightBitOperators operators)
{
    private readonly Dictionary<string, string> _channelsLast = [];
    private readonly Dictionary<string, string> _bytes = [];

    // Maps that are there in another form and not under their own name.
    private readonly HashSet<string> _unmade = [];

    /// <summary>Says that a map is there as bytes and in no other form.</summary>
    public void AddBytes(string map, string bytes)
    {
        _bytes.Add(map, bytes);
        _unmade.Add(map);
    }

    /// <summary>Says that a map is there as float32 [N, H, W, C] and in no other form.</summary>
    public void AddChannelsLast(string map, string channelsLast)
    {
        _channelsLast.Add(map, channelsLast);
        _unmade.Add(map);
    }

    /// <summary>Whether some of the maps are not there as [N, C, H, W].</summary>
    public bool HasOnlyChannelsLast(IEnumerable<string> maps) => maps.Any(_unmade.Contains);

    /// <summary>Whether a map is there as bytes.</summary>
    public bool HasBytes(string map) => _bytes.ContainsKey(map);

    /// <summary>A map as bytes.</summary>
    public string Bytes(string map)
    {
        if (!_bytes.TryGetValue(map, out string? bytes))
        {
            _bytes[map] = bytes = operators.Quantize(map, ChannelsLast(map));
        }

        return bytes;
    }

    /// <summary>A map as float32 [N, H, W, C].</summary>
    public string ChannelsLast(string map)
    {
        if (!_channelsLast.TryGetValue(map, out string? channelsLast))
        {
            _channelsLast[map] = channelsLast = _bytes.TryGetValue(map, out string? bytes)
                ? operators.Dequantize(map, bytes)
                : graph.Node("Transpose", $"{map}.channels_last", [map], [new("perm", new long[] { 0, 2, 3, 1 })]);
        }

        return channelsLast;
    }

    /// <summary>Makes a map as [N, C, H, W] under its own name, if it is a map and not there yet.</summary>
    public void RequirePlanar(string map)
    {
        if (_unmade.Remove(map))
        {
            graph.Node("Transpose", $"{map}.planar", [ChannelsLast(map)], [new("perm", new long[] { 0, 3, 1, 2 })], output: map);
        }
    }
}
