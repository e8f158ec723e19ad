using System.Globalization;
using System.Text;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Text files as people save them: UTF-8 with or without a byte order mark, or UTF-16 or UTF-32 with one (Windows' "Unicode").
/// </summary>
internal static class TextFile
{
    // The longer mark first: that of UTF-32 begins with that of UTF-16.
    private static readonly (byte[] Mark, Encoding Encoding)[] Marked =
    [
        ([0xFF, 0xFE, 0, 0], new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true)),
        ([0, 0, 0xFE, 0xFF], new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true)),
        ([0xEF, 0xBB, 0xBF], new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)),
    ];

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes the content of a file, without its mark.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="name">What messages call the file, such as <c>the label file 'labels.txt'</c>.</param>
    /// <exception cref="InvalidDataException">The content is not text of its encoding; the message names the line.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string name)
    {
        var encoding = Utf8;
        foreach (var (mark, marked) in Marked)
        {
            if (bytes.StartsWith(mark))
            {
                encoding = marked;
                bytes = bytes[mark.Length..];
                break;
            }
        }

        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            int line = 1 + CountLines(encoding, bytes[..Math.Clamp(exception.Index, 0, bytes.Length)]);
            throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"Line {line} of {name} is not {encoding.EncodingName} text. Save it as UTF-8."),
                exception);
        }
    }

    private static int CountLines(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        // What comes before the error may end within a letter.
        var lenient = (Encoding)encoding.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        return lenient.GetString(bytes).AsSpan().Count('\n');
    }
}
