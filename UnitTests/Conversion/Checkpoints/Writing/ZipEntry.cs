namespace MlNetMobileViT.UnitTests;

/// <summary>An entry for <see cref="ZipWriter"/>, with the lies that a test wants told about it.</summary>
internal sealed record ZipEntry(string Name, byte[] Content)
{
    public ushort Method { get; init; }

    public ushort Flags { get; init; }

    public uint? ClaimedCrc { get; init; }

    public uint? ClaimedSize { get; init; }

    public uint? ClaimedPackedSize { get; init; }

    public uint? ClaimedOffset { get; init; }

    public string? NameInOwnHeader { get; init; }
}
