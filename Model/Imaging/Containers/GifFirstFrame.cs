using System.Buffers.Binary;

namespace MlNetMobileViT;

/// <summary>Where the first frame of a GIF file lies, and what is around it.</summary>
/// <remarks>
/// The decoder leaves out the colour of pixels that are marked as transparent. So it is given the file without the mark. Pillow
/// fills what the frame leaves free with the transparent colour, or with the palette's first where there is none.
/// </remarks>
internal readonly struct GifFirstFrame(PixelRegion region, uint background, int control)
{
    private const int HeaderLength = 6;
    private const int ScreenLength = 7;
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte Image = 0x2C;
    private const byte HasPalette = 0x80;
    private const byte HasTransparency = 0x01;
    private const int PaletteSizeBits = 0x07;
    private const int ChannelsOfPalette = 3;

    /// <summary>The frame's part of the picture; empty if there is none.</summary>
    public PixelRegion Region { get; } = region;

    /// <summary>The colour around it: red in the lowest byte, then green and blue, then 255.</summary>
    public uint Background { get; } = background;

    /// <summary>Where the byte is that marks a colour as transparent, or -1 if none is.</summary>
    public int Control { get; } = control;

    /// <summary>Reads a file as far as its first frame.</summary>
    public static GifFirstFrame Read(ReadOnlySpan<byte> gif)
    {
        int position = HeaderLength + ScreenLength;
        if (gif.Length < position)
        {
            return new(default, 0, control: -1);
        }

        ReadOnlySpan<byte> palette = Palette(gif, gif[HeaderLength + 4], ref position);
        int control = -1;
        int transparent = 0;
        while (position + 10 <= gif.Length)
        {
            byte kind = gif[position];
            if (kind == Image)
            {
                ReadOnlySpan<byte> image = gif[(position + 1)..];
                position += 10;
                ReadOnlySpan<byte> own = Palette(gif, image[8], ref position);
                var region = new PixelRegion(
                    BinaryPrimitives.ReadUInt16LittleEndian(image),
                    BinaryPrimitives.ReadUInt16LittleEndian(image[2..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(image[4..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(image[6..]));
                return new(region, Color(own.IsEmpty ? palette : own, transparent), control);
            }

            if (kind != Extension)
            {
                break;
            }

            if (gif[position + 1] == GraphicControl && (gif[position + 3] & HasTransparency) != 0)
            {
                control = position + 3;
                transparent = gif[position + 6];
            }

            position = AfterBlocks(gif, position + 2);
        }

        return new(default, 0, control: -1);
    }

    /// <summary>Takes the mark of transparency out of the bytes of the file.</summary>
    public void MakeOpaque(Span<byte> gif) => gif[Control] &= unchecked((byte)~HasTransparency);

    /// <summary>Fills the pixels of a picture that the frame leaves free.</summary>
    /// <param name="pixels">The pixels, red in the lowest byte.</param>
    /// <param name="width">The width of the picture.</param>
    /// <param name="color">The colour to fill them with.</param>
    public void FillAround(Span<uint> pixels, int width, uint color)
    {
        int left = Math.Min(Region.Left, width);
        int right = Math.Min(Region.Right, width);
        for (int y = 0; y * width < pixels.Length; y++)
        {
            Span<uint> row = pixels.Slice(y * width, width);
            if (y < Region.Top || y >= Region.Bottom)
            {
                row.Fill(color);
                continue;
            }

            row[..left].Fill(color);
            row[right..].Fill(color);
        }
    }

    private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> gif, byte flags, ref int position)
    {
        if ((flags & HasPalette) == 0)
        {
            return default;
        }

        ReadOnlySpan<byte> rest = gif[Math.Min(position, gif.Length)..];
        int length = ChannelsOfPalette << ((flags & PaletteSizeBits) + 1);
        position += length;
        return rest[..Math.Min(length, rest.Length)];
    }

    private static uint Color(ReadOnlySpan<byte> palette, int index)
    {
        const uint Opaque = 0xFF000000;
        int first = index * ChannelsOfPalette;
        return first + ChannelsOfPalette > palette.Length
            ? Opaque
            : Opaque | palette[first] | (uint)palette[first + 1] << 8 | (uint)palette[first + 2] << 16;
    }

    /// <summary>What follows a row of blocks, each with its length before it, up to an empty one.</summary>
    private static int AfterBlocks(ReadOnlySpan<byte> gif, int position)
    {
        while (position < gif.Length && gif[position] != 0)
        {
            position += gif[position] + 1;
        }

        return position + 1;
    }
}
