namespace MlNetMobileViT;

/// <summary>
/// What a file says around its pixels, and what is wrong there: all that has to be known before a decoder sees it, or that the
/// decoder would not tell.
/// </summary>
internal readonly ref struct ImageContainer
{
    // SkPngCodec.cpp keeps the rows of all passes: four channels of 16 bits at most.
    private const int InterlacedPngBytesPerPixel = 8;

    // Measured with pictures of 48 megapixels as the growth of the process beyond the pixels: 4.0 lossless, 1.8 with alpha, 0
    // without.
    private const int WebPBytesPerPixel = 4;

    // An index for each pixel; less was measured.
    private const int GifBytesPerPixel = 1;

    private readonly ImageFormat _format;
    private readonly JpegMarkers _jpeg;
    private readonly PngChunks _png;
    private readonly GifFirstFrame _gif;
    private readonly IcoDirectory _ico;

    /// <summary>Looks through a file.</summary>
    /// <param name="encoded">The file.</param>
    /// <param name="keepsTransparency">
    /// Whether what is transparent is to be so in the decoded picture, in place of the colour that Pillow makes of it.
    /// </param>
    public ImageContainer(ReadOnlySpan<byte> encoded, bool keepsTransparency = false)
    {
        KeepsTransparency = keepsTransparency;
        _format = ImageSignature.FormatOf(encoded);
        switch (_format)
        {
            case ImageFormat.Jpeg:
                _jpeg = JpegMarkers.Read(encoded);
                Exif = _jpeg.Exif;
                Damage = _jpeg.Damage;
                DecodedInRows = _jpeg.IsInOneScan;
                // The coefficients of the whole picture, 16 bits each: jdcoefct.c of libjpeg-turbo.
                DecoderBytesPerPixel = _jpeg.IsInOneScan ? 0 : sizeof(short) * _jpeg.SamplesPerPixel;
                CopyLength = _jpeg.DoubtfulEnd < 0 ? 0 : _jpeg.DoubtfulLength;
                break;
            case ImageFormat.Png:
                _png = PngChunks.Read(encoded);
                Exif = _png.Exif;
                Damage = _png.Damage;
                DecoderBytesPerPixel = _png.IsInterlaced ? InterlacedPngBytesPerPixel : 0;
                break;
            case ImageFormat.WebP:
                var webp = WebPChunks.Read(encoded);
                Exif = webp.Exif;
                Damage = webp.Damage;
                DecoderBytesPerPixel = WebPBytesPerPixel;
                break;
            case ImageFormat.Gif:
                _gif = GifFirstFrame.Read(encoded);
                DecoderBytesPerPixel = GifBytesPerPixel;
                CopyLength = _gif.Control < 0 || keepsTransparency ? 0 : encoded.Length;
                break;
            case ImageFormat.Ico:
                _ico = IcoDirectory.Read(encoded);
                Damage = _ico.Damage;
                IconLength = _ico.CopyLength;
                break;
            default:
                break;
        }
    }

    /// <summary>The EXIF data; empty where there is none.</summary>
    public ReadOnlySpan<byte> Exif { get; }

    /// <summary>What is wrong, as the end of a sentence; null if nothing was seen.</summary>
    public string? Damage { get; }

    /// <summary>Whether the decoder gives rows one after another without holding the picture.</summary>
    public bool DecodedInRows { get; }

    /// <summary>Whether what is transparent is so in the decoded picture.</summary>
    public bool KeepsTransparency { get; }

    /// <summary>What the decoder allocates for itself.</summary>
    public double DecoderBytesPerPixel { get; }

    /// <summary>The length of the copy that the decoder has to be given in place of the file, or 0 for the file itself.</summary>
    public int CopyLength { get; }

    /// <summary>The length of the icon to look at in place of one with several pictures, or 0.</summary>
    public int IconLength { get; }

    /// <summary>Whether the first frame leaves a part of the picture free.</summary>
    private bool HasFrame => _format == ImageFormat.Gif && _gif.Region.Width > 0;

    /// <summary>Writes the copy that the decoder is to be given.</summary>
    public void CopyTo(ReadOnlySpan<byte> encoded, Span<byte> copy)
    {
        if (_format == ImageFormat.Jpeg)
        {
            _jpeg.CopyDoubtful(encoded, copy);
            return;
        }

        encoded.CopyTo(copy);
        _gif.MakeOpaque(copy);
    }

    /// <summary>Writes the icon to look at.</summary>
    public void CopyIconTo(ReadOnlySpan<byte> encoded, Span<byte> icon) =>
        _ico.CopyTo(encoded, icon, keepsMask: KeepsTransparency);

    /// <summary>Does to a whole decoded picture what its decoder leaves undone.</summary>
    public void Complete(Span<uint> pixels, int width)
    {
        if (HasFrame)
        {
            const uint Transparent = 0;
            _gif.FillAround(pixels, width, KeepsTransparency ? Transparent : _gif.Background);
        }
    }
}
