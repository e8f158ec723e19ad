using System.Buffers.Binary;

namespace MlNetMobileViT;

/// <summary>
/// The markers of a JPEG file (ITU-T T.81, annex B), read past the picture data to the end of the picture.
/// </summary>
/// <remarks>
/// A decoder that meets a marker among the picture data fills the rest with grey and a warning, which SkiaSharp does not pass on.
/// Pillow is told by libjpeg, which reads on to the end of the picture and mostly finds that the marker makes no sense there.
/// </remarks>
internal readonly ref struct JpegMarkers(
    ReadOnlySpan<byte> exif, bool isInOneScan, double samplesPerPixel, int doubtfulEnd, string? damage)
{
    private const byte Mark = 0xFF;
    private const byte Temporary = 0x01;
    private const byte BaselineFrame = 0xC0;
    private const byte ExtendedFrame = 0xC1;
    private const byte FirstFrame = 0xC0;
    private const byte LastFrame = 0xCF;
    private const byte HuffmanTables = 0xC4;
    private const byte Extensions = 0xC8;
    private const byte ArithmeticConditioning = 0xCC;
    private const byte FirstRestart = 0xD0;
    private const byte LastRestart = 0xD7;
    private const byte Start = 0xD8;
    private const byte End = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte QuantizationTables = 0xDB;
    private const byte RestartInterval = 0xDD;
    private const byte FirstApplication = 0xE0;
    private const byte ExifApplication = 0xE1;
    private const byte LastApplication = 0xEF;
    private const byte Comment = 0xFE;
    private const int Restarts = LastRestart - FirstRestart + 1;
    private const int LengthBytes = 2;

    /// <summary>The EXIF data; empty where there is none.</summary>
    public ReadOnlySpan<byte> Exif { get; } = exif;

    /// <summary>
    /// Whether the picture is stored from top to bottom in one pass. A progressive one is not: where it lacks its last scans, the
    /// decoder guesses them from the neighbours of each block. Neither is one whose colours follow each other.
    /// </summary>
    public bool IsInOneScan { get; } = isInOneScan;

    /// <summary>The values of all colours for each pixel: 3, or 1.5 where a value of two of them is for four pixels.</summary>
    public double SamplesPerPixel { get; } = samplesPerPixel;

    /// <summary>
    /// Where the picture data ends although the file goes on, or -1. It may be whole, with something behind it, or have been
    /// damaged in the middle: only a decoder can tell.
    /// </summary>
    public int DoubtfulEnd { get; } = doubtfulEnd;

    /// <summary>What is wrong, as the end of a sentence; null if nothing was seen.</summary>
    public string? Damage { get; } = damage;

    /// <summary>Reads the markers of a file.</summary>
    public static JpegMarkers Read(ReadOnlySpan<byte> jpeg)
    {
        ReadOnlySpan<byte> exif = default;
        bool isSequential = false;
        bool isInOneScan = false;
        int components = 0;
        double samplesPerPixel = 0;
        int restartInterval = 0;
        int code = LengthBytes;
        while ((code = NextMarker(jpeg, code)) >= 0)
        {
            byte marker = jpeg[code++];
            if (marker == End)
            {
                string? damage = components > 0 && GoesOn(jpeg, code) ? Unexpected(marker) : null;
                return new(exif, isInOneScan, samplesPerPixel, doubtfulEnd: -1, damage);
            }

            if (marker is Temporary or Start or (>= FirstRestart and <= LastRestart))
            {
                continue;
            }

            ReadOnlySpan<byte> segment = Segment(jpeg, code);
            code += LengthBytes + segment.Length;
            if (marker == ExifApplication && exif.IsEmpty && segment.StartsWith("Exif\0"u8))
            {
                exif = segment;
            }
            else if (marker == RestartInterval && segment.Length >= sizeof(ushort))
            {
                restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
            }
            else if (IsFrame(marker))
            {
                const int ComponentCount = 5; // after the precision, the height and the width
                components = segment.Length > ComponentCount ? segment[ComponentCount] : 0;
                samplesPerPixel = Samples(segment[Math.Min(ComponentCount + 1, segment.Length)..]);
                isSequential = marker is BaselineFrame or ExtendedFrame;
            }
            else if (marker == StartOfScan)
            {
                isInOneScan = isSequential && !segment.IsEmpty && segment[0] == components;
                int end = EndOfScan(jpeg, code, restartInterval > 0);
                if (end < 0)
                {
                    break; // The decoder notices where the data stops.
                }

                byte ending = jpeg[end];
                if (isInOneScan)
                {
                    bool isEnd = ending == End && end == jpeg.Length - 1;
                    bool mayFollow = ending is Temporary or HuffmanTables or ArithmeticConditioning
                        or (>= FirstRestart and <= LastRestart) or End or (>= QuantizationTables and <= RestartInterval)
                        or (>= FirstApplication and <= LastApplication) or Comment;
                    return new(
                        exif, isInOneScan, samplesPerPixel, mayFollow && !isEnd ? end : -1, mayFollow ? null : Unexpected(ending));
                }

                if (ending is >= FirstRestart and <= LastRestart)
                {
                    return new(exif, isInOneScan, samplesPerPixel, doubtfulEnd: -1, Unexpected(ending));
                }

                code = end - 1;
            }
        }

        return new(exif, isInOneScan, samplesPerPixel, doubtfulEnd: -1, damage: null);
    }

    /// <summary>
    /// Copies the picture data that ends in doubt, with something behind it that is no picture data: a decoder then stops where
    /// it needs more, and only there.
    /// </summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="destination">Receives it; of the length of <see cref="DoubtfulLength"/>.</param>
    public void CopyDoubtful(ReadOnlySpan<byte> jpeg, Span<byte> destination)
    {
        int data = DoubtfulEnd;
        while (jpeg[data - 1] == Mark)
        {
            data--;
        }

        jpeg[..data].CopyTo(destination);
        for (int i = data; i < destination.Length; i++)
        {
            destination[i] = (i - data) % 2 == 0 ? Mark : (byte)0;
        }
    }

    /// <summary>The bytes that <see cref="CopyDoubtful"/> writes: a decoder looks eight bytes ahead, each of them two here.</summary>
    public int DoubtfulLength => DoubtfulEnd + 16;

    /// <summary>The marker that ends a scan, or a restart that none is expected at; -1 where there is none.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> jpeg, int position, bool hasRestarts)
    {
        for (int restart = 0; ; restart = (restart + 1) % Restarts)
        {
            position = NextMarker(jpeg, position);
            if (!hasRestarts || position < 0 || jpeg[position] != FirstRestart + restart)
            {
                return position;
            }
        }
    }

    /// <summary>
    /// Whether what is behind the end of a picture of several scans is more of it: another scan, or data and the end again. A
    /// picture that is appended begins with a start, and an end that is only written twice has nothing, or padding, before it.
    /// </summary>
    private static bool GoesOn(ReadOnlySpan<byte> jpeg, int position)
    {
        int next = NextMarker(jpeg, position);
        while (next >= 0 && jpeg[next] == End && !jpeg[position..next].ContainsAnyExcept(Mark, (byte)0))
        {
            position = next + 1;
            next = NextMarker(jpeg, position);
        }

        while (next >= 0 && jpeg[next] == HuffmanTables)
        {
            next = NextMarker(jpeg, next + 1 + LengthBytes + Segment(jpeg, next + 1).Length);
        }

        if (next < 0 || jpeg[next] != StartOfScan)
        {
            return next == jpeg.Length - 1 && jpeg[next] == End;
        }

        const int OtherParameters = 4; // than the two of each component
        ReadOnlySpan<byte> scan = Segment(jpeg, next + 1);
        return !scan.IsEmpty && scan.Length == OtherParameters + (2 * scan[0]);
    }

    /// <summary>The code of the next marker: what follows 0xFF and is neither that again nor 0, which is data.</summary>
    private static int NextMarker(ReadOnlySpan<byte> jpeg, int position)
    {
        while (position < jpeg.Length)
        {
            int mark = jpeg[position..].IndexOf(Mark);
            if (mark < 0)
            {
                break;
            }

            position += mark + 1;
            while (position < jpeg.Length && jpeg[position] == Mark)
            {
                position++;
            }

            if (position < jpeg.Length && jpeg[position++] != 0)
            {
                return position - 1;
            }
        }

        return -1;
    }

    /// <summary>What follows a marker's length, as far as it is there.</summary>
    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> jpeg, int position)
    {
        if (jpeg.Length - position < LengthBytes)
        {
            return default;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[position..]) - LengthBytes;
        ReadOnlySpan<byte> rest = jpeg[(position + LengthBytes)..];
        return rest[..Math.Clamp(length, 0, rest.Length)];
    }

    private static double Samples(ReadOnlySpan<byte> components)
    {
        const int ComponentLength = 3; // its name, across and down in half a byte each, its table
        int sum = 0;
        int across = 1;
        int down = 1;
        for (; components.Length >= ComponentLength; components = components[ComponentLength..])
        {
            int x = components[1] >> 4;
            int y = components[1] & 15;
            sum += x * y;
            across = Math.Max(across, x);
            down = Math.Max(down, y);
        }

        return (double)sum / (across * down);
    }

    private static bool IsFrame(byte marker) =>
        marker is >= FirstFrame and <= LastFrame and not (HuffmanTables or Extensions or ArithmeticConditioning);

    private static string Unexpected(byte marker) => $"its picture data breaks off at a marker that cannot be there (0x{marker:X2})";
}
