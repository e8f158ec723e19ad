using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>Files with drawn pictures in them, and parts that encoders do not write.</summary>
internal static class Encoded
{
    private const int PngSignature = 8;
    private const int PngHeaderChunk = 25;

    /// <summary>RGBA pixels as the content of a file; alpha is dropped.</summary>
    public static byte[] Encode(byte[] rgba, int width, int height, SKEncodedImageFormat format, int quality = 90)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
        using SKData data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>The content of a file with EXIF data put in, by the file's format.</summary>
    public static byte[] WithExif(byte[] encoded, SKEncodedImageFormat format, byte[] exif) => format switch
    {
        SKEncodedImageFormat.Jpeg => [.. encoded[..2], .. JpegSegment(0xE1, [.. "Exif\0\0"u8, .. exif]), .. encoded[2..]],
        SKEncodedImageFormat.Png => WithPngChunk(encoded, "eXIf", exif),
        SKEncodedImageFormat.Webp => ExtendedWebP(encoded, exif),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>A marker of a JPEG file with its content.</summary>
    public static byte[] JpegSegment(byte marker, byte[] content)
    {
        int length = content.Length + 2;
        return [0xFF, marker, (byte)(length >> 8), (byte)length, .. content];
    }

    /// <summary>Where the picture data of a JPEG file begins.</summary>
    public static int ScanOf(byte[] jpeg)
    {
        int scan = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        return scan + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(scan + 2));
    }

    /// <summary>A PNG file with one more chunk behind its header.</summary>
    public static byte[] WithPngChunk(byte[] png, string type, byte[] content)
    {
        int place = PngSignature + PngHeaderChunk;
        return [.. png[..place], .. PngChunk(type, content), .. png[place..]];
    }

    /// <summary>A chunk of a PNG file.</summary>
    public static byte[] PngChunk(string type, byte[] content)
    {
        byte[] named = [.. type.Select(letter => (byte)letter), .. content];
        return [.. BigEndian((uint)content.Length), .. named, .. BigEndian(Crc32.Compute(named))];
    }

    /// <summary>EXIF data with the orientation as its only entry.</summary>
    /// <param name="type">TIFF's number of a type.</param>
    /// <param name="values">The values; all but one value of 4 bytes or less are put behind the directory.</param>
    /// <param name="size">The bytes of one value.</param>
    /// <param name="littleEndian">The order of the bytes.</param>
    public static byte[] Orientation(int type, int[] values, int size, bool littleEndian)
    {
        byte[] data = values.SelectMany(value => Number(value, size)).ToArray();
        bool isInline = data.Length <= 4;
        return
        [
            .. littleEndian ? "II"u8 : "MM"u8, .. Number(42, 2), .. Number(8, 4),
            .. Number(1, 2),
            .. Number(0x0112, 2), .. Number(type, 2), .. Number(values.Length, 4),
            .. isInline ? [.. data, .. new byte[4 - data.Length]] : Number(26, 4),
            .. Number(0, 4),
            .. isInline ? [] : data,
        ];

        byte[] Number(int value, int bytes)
        {
            byte[] number = new byte[bytes];
            for (int i = 0; i < bytes; i++)
            {
                number[littleEndian ? i : bytes - 1 - i] = (byte)(value >> (8 * i));
            }

            return number;
        }
    }

    /// <summary>A GIF file of one frame somewhere on its canvas, with the palette's colours given by a formula.</summary>
    /// <param name="canvas">The width and the height of the picture.</param>
    /// <param name="frame">The frame's part of it.</param>
    /// <param name="indices">The frame's pixels, 0 to 127.</param>
    /// <param name="transparent">The transparent colour, if there is one.</param>
    public static byte[] Gif((int Width, int Height) canvas, PixelRegion frame, byte[] indices, byte? transparent)
    {
        // Codes of 8 bits, none of which says more than one pixel; the table is thrown away before codes grow to 9 bits.
        const byte Clear = 128, End = 129, CodeBits = 7;
        const int PixelsPerTable = 100;
        var codes = new List<byte>();
        foreach (byte[] part in indices.Chunk(PixelsPerTable))
        {
            codes.Add(Clear);
            codes.AddRange(part);
        }

        codes.Add(End);
        byte[] palette = Enumerable.Range(0, 128).SelectMany(PaletteColor).ToArray();
        byte[] control = transparent is { } index ? [0x21, 0xF9, 4, 1, 0, 0, index, 0] : [];
        return
        [
            .. "GIF89a"u8, .. Short(canvas.Width), .. Short(canvas.Height), 0xF6, 0, 0, .. palette,
            .. control,
            0x2C, .. Short(frame.Left), .. Short(frame.Top), .. Short(frame.Width), .. Short(frame.Height), 0,
            CodeBits, .. codes.Chunk(255).SelectMany(block => (byte[])[(byte)block.Length, .. block]), 0,
            0x3B,
        ];

        static byte[] Short(int value) => [(byte)value, (byte)(value >> 8)];
    }

    /// <summary>The colours of <see cref="Gif"/>.</summary>
    public static byte[] PaletteColor(int index) => [(byte)(2 * index), (byte)(255 - index), (byte)(31 * index)];

    private static byte[] ExtendedWebP(byte[] webp, byte[] exif)
    {
        const byte HasExif = 0x08;
        using SKCodec codec = SKCodec.Create(new SKMemoryStream(webp));
        byte[] size = [.. Triple(codec.Info.Width - 1), .. Triple(codec.Info.Height - 1)];
        byte[] chunks =
        [
            .. "WEBP"u8, .. Chunk("VP8X", [HasExif, 0, 0, 0, .. size]), .. webp[12..], .. Chunk("EXIF", exif),
        ];
        return [.. "RIFF"u8, .. LittleEndian((uint)chunks.Length), .. chunks];

        static byte[] Triple(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

        static byte[] Chunk(string type, byte[] content) =>
        [
            .. type.Select(letter => (byte)letter), .. LittleEndian((uint)content.Length), .. content,
            .. new byte[content.Length % 2],
        ];
    }

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] LittleEndian(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];
}
