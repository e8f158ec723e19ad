using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetMobileViT;

/// <summary>
/// How a picture becomes the input of a MobileViT model: resize, centre crop, channel order and normalisation.
/// </summary>
/// <remarks>
/// A converted model carries these settings in its metadata (see <see cref="ModelMetadata"/>), so that nobody who uses the
/// model has to know them. The steps are, in order:
/// <list type="number">
/// <item>decode to 8-bit RGB (alpha dropped, grey repeated);</item>
/// <item>resize as <see cref="Resize"/> says, antialiased like PIL's <c>Image.resize</c>;</item>
/// <item>cut <see cref="Width"/> × <see cref="Height"/> pixels from the centre;</item>
/// <item>scale to [0, 1], then per channel <c>(x − mean) / std</c>;</item>
/// <item>lay out as <c>[3, H, W]</c> in the order of <see cref="ChannelOrder"/>.</item>
/// </list>
/// </remarks>
public sealed record ImagePreprocessing
{
    /// <summary>The largest width, height or resize side that is accepted, in pixels.</summary>
    public const int MaxSide = 4096;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>How the picture is brought to size before the crop.</summary>
    public ImageResizeMode Resize { get; init; } = ImageResizeMode.ShorterSide;

    /// <summary>
    /// With <see cref="ImageResizeMode.ShorterSide"/>, the length of the shorter side after resizing, in pixels; the longer
    /// side becomes <c>⌊size · longer / shorter⌋</c>. With <see cref="ImageResizeMode.Stretch"/> it has no meaning and is 0.
    /// </summary>
    public int ResizeSize { get; init; }

    /// <summary>The resampling filter.</summary>
    public ImageInterpolation Interpolation { get; init; } = ImageInterpolation.Bilinear;

    /// <summary>How the offset of the centre crop is rounded where the margin is odd.</summary>
    public CropRounding CropRounding { get; init; } = CropRounding.Floor;

    /// <summary>The height of the crop and of the model's input, in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The width of the crop and of the model's input, in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>The order of the three channels in the model's input.</summary>
    public ImageChannelOrder ChannelOrder { get; init; } = ImageChannelOrder.Bgr;

    /// <summary>Per-channel mean in the order of <see cref="ChannelOrder"/>, in units of the [0, 1] range; empty for none.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [];

    /// <summary>
    /// Per-channel standard deviation in the order of <see cref="ChannelOrder"/>, in units of the [0, 1] range; empty for none.
    /// </summary>
    public IReadOnlyList<float> Std { get; init; } = [];

    /// <summary>Reads settings that <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not JSON of this form, or its values are out of range.</exception>
    internal static ImagePreprocessing FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            ImagePreprocessing value = JsonSerializer.Deserialize<ImagePreprocessing>(json, JsonOptions)
                ?? throw new FormatException("The preprocessing settings are empty.");
            value.Validate();
            return value;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new FormatException($"The preprocessing settings are not valid: {exception.Message}", exception);
        }
    }

    /// <summary>The settings as one line of JSON, the form in which a model's metadata carries them.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Checks that the values fit together.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        RequireDefined(Resize, nameof(Resize));
        RequireDefined(Interpolation, nameof(Interpolation));
        RequireDefined(CropRounding, nameof(CropRounding));
        RequireDefined(ChannelOrder, nameof(ChannelOrder));
        RequireSide(Width, nameof(Width));
        RequireSide(Height, nameof(Height));
        if (Resize == ImageResizeMode.ShorterSide)
        {
            RequireSide(ResizeSize, nameof(ResizeSize));
            if (ResizeSize < Math.Max(Width, Height))
            {
                throw new ArgumentException(
                    $"{nameof(ResizeSize)} is {ResizeSize}, less than the {Width}×{Height} crop that is cut from the result.");
            }
        }

        RequireChannels(Mean, nameof(Mean), static value => float.IsFinite(value));
        RequireChannels(Std, nameof(Std), static value => float.IsFinite(value) && value > 0);
    }

    /// <inheritdoc/>
    public bool Equals(ImagePreprocessing? other) =>
        other is not null
        && Resize == other.Resize
        && ResizeSize == other.ResizeSize
        && Interpolation == other.Interpolation
        && CropRounding == other.CropRounding
        && Height == other.Height
        && Width == other.Width
        && ChannelOrder == other.ChannelOrder
        && Mean.SequenceEqual(other.Mean)
        && Std.SequenceEqual(other.Std);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Resize, ResizeSize, Interpolation, Height, Width, ChannelOrder);

    /// <summary>A line for people, such as <c>shorter side to 288, bilinear, centre crop 256×256, BGR, [0, 1]</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        string filter = Interpolation == ImageInterpolation.Bilinear ? "bilinear" : "bicubic";
        string size = Width == Height ? $"{Width}×{Height}" : $"{Height}×{Width} (height × width)";
        text.Append(CultureInfo.InvariantCulture, $"{(Resize == ImageResizeMode.Stretch
            ? $"stretch to {size}, {filter}"
            : $"shorter side to {ResizeSize}, {filter}, centre crop {size}")}");
        text.Append(ChannelOrder == ImageChannelOrder.Bgr ? ", BGR" : ", RGB").Append(", [0, 1]");
        if (Mean.Count > 0)
        {
            text.Append(", mean ").AppendJoin(' ', Mean.Select(static value => value.ToString(CultureInfo.InvariantCulture)));
        }

        if (Std.Count > 0)
        {
            text.Append(", std ").AppendJoin(' ', Std.Select(static value => value.ToString(CultureInfo.InvariantCulture)));
        }

        return text.ToString();
    }

    private static void RequireDefined<TEnum>(TEnum value, string name)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentException($"{name} is {value}; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }

    private static void RequireSide(int value, string name)
    {
        if (value is < 1 or > MaxSide)
        {
            throw new ArgumentException($"{name} is {value}; it must be between 1 and {MaxSide} pixels.");
        }
    }

    private static void RequireChannels(IReadOnlyList<float> values, string name, Func<float, bool> isValid)
    {
        if (values is null || values.Count is not (0 or 3) || !values.All(isValid))
        {
            throw new ArgumentException($"{name} must be empty or hold one valid number for each of the three channels.");
        }
    }
}

/// <summary>How a picture is brought to size before the centre crop.</summary>
public enum ImageResizeMode
{
    /// <summary>The shorter side to a given length, the aspect ratio kept.</summary>
    ShorterSide,

    /// <summary>Straight to the model's input size, the aspect ratio ignored (the <c>squash</c> preset).</summary>
    Stretch,
}

/// <summary>The resampling filter, named and defined as in PIL.</summary>
public enum ImageInterpolation
{
    /// <summary>The triangle filter, antialiased (PIL's <c>BILINEAR</c>).</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = −0.5, antialiased (PIL's <c>BICUBIC</c>).</summary>
    Bicubic,
}

/// <summary>How the offset of a centre crop is rounded where the margin is odd.</summary>
public enum CropRounding
{
    /// <summary><c>⌊margin / 2⌋</c>: CVNets.</summary>
    Floor,

    /// <summary>To the nearest integer, halves to the even one: Python's <c>round</c>, as torchvision and timm use it.</summary>
    HalfToEven,
}

/// <summary>The order of the colour channels in a model's input.</summary>
public enum ImageChannelOrder
{
    /// <summary>Red, green, blue: timm's models, and MobileViTv2.</summary>
    Rgb,

    /// <summary>Blue, green, red: Apple's models of version 1 (CVNets read pictures with OpenCV then) and Hugging Face's port.</summary>
    Bgr,
}
