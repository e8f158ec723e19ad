namespace MlNetMobileViT;

/// <summary>The image of a call: a file, or the content of one.</summary>
internal readonly ref struct CallImage
{
    private const string Unnamed = "the image";

    private readonly bool _isFile;
    private readonly ReadOnlySpan<byte> _content;

    private CallImage(string title, bool isFile, ReadOnlySpan<byte> content)
    {
        Title = title;
        _isFile = isFile;
        _content = content;
    }

    /// <summary>The path, or what else to call the image.</summary>
    public string Title { get; }

    /// <summary>An image file; a path that is null or empty is an error of the image when it is read.</summary>
    public static CallImage OfFile(string? path) => new(path ?? "", isFile: true, content: default);

    /// <summary>The content of an image file, and what the caller calls it.</summary>
    public static CallImage OfContent(ReadOnlySpan<byte> content, string? name) => new(TitleOf(name), isFile: false, content);

    /// <summary>What to call an image in errors that its caller calls so.</summary>
    public static string TitleOf(string? name) => string.IsNullOrEmpty(name) ? Unnamed : name;

    /// <summary>Writes the pixels of the image as the model wants them.</summary>
    public ImageGeometry Preprocess(ImagePreprocessor preprocessor, Span<float> pixels) =>
        _isFile ? preprocessor.Preprocess(Title, pixels) : preprocessor.Preprocess(_content, pixels, Title);
}
