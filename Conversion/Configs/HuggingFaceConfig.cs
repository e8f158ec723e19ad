using System.Globalization;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// What <c>save_pretrained</c> of Hugging Face's transformers writes beside the weights: <c>config.json</c> (<c>MobileViTConfig</c>,
/// <c>MobileViTV2Config</c>) and <c>preprocessor_config.json</c> (<c>MobileViTImageProcessor</c>). What a file does not say is the default of these classes.
/// </summary>
internal sealed class HuggingFaceConfig(ConfigObject? config, ConfigObject? preprocessor) : ModelConfig(config)
{
    public const string PreprocessorFileName = "preprocessor_config.json";

    // PIL's numbers of its filters.
    private static readonly string[] Filters = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

    public override CheckpointLayout Layout => CheckpointLayout.HuggingFace;

    public override MobileViTFamily? Family => Config is not { } config ? null
        : config.Text("model_type") is { } type ? MobileViTFamily.All.FirstOrDefault(family => family.HuggingFaceType == type)
        : MobileViTFamily.All.FirstOrDefault(family => (config.Texts("architectures") ?? []).Contains(family.HuggingFaceClass));

    public override int? Classes => Names?.Length;

    public override IReadOnlyList<string>? Labels => Names is { } names ? ReadLabels(Config!.Value.File, "id2label", names) : null;

    // Separable self-attention has none.
    public override int? Heads => Family == MobileViTFamily.V2 ? null : Config?.Integer("num_attention_heads");

    public override string PreprocessingFile => PreprocessorFileName;

    protected override ConfigFile PreprocessorFile => preprocessor!.Value.File;

    /// <summary>The names of the classes as the file has them, in the order of the logits; null where there are none.</summary>
    private string[]? Names
    {
        get
        {
            if (Config?.Object("id2label") is not { } names)
            {
                return null;
            }

            var byId = new SortedDictionary<int, string>();
            foreach (var (key, value) in names.Entries())
            {
                if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || !byId.TryAdd(id, value))
                {
                    throw names.File.Error($"has in \"id2label\" the key '{key}', where the numbers of the classes were expected, each once");
                }
            }

            return byId.Count > 0 && byId.Keys.Last() == byId.Count - 1
                ? [.. byId.Values]
                : throw names.File.Error(
                    $"has an \"id2label\" of {byId.Count} classes that are not numbered from 0 without a gap");
        }
    }

    public override ImagePreprocessing? ReadPreprocessing()
    {
        if (preprocessor is not { } file)
        {
            return null;
        }

        if (file.Flag("do_resize") == false)
        {
            throw file.Error("do_resize", $"and pictures of any size are no input of a network; {Advice}");
        }

        (int height, int width, ImageResizeMode mode, int shortest) = ReadSizes(file);
        bool flips = file.Flag("do_flip_channel_order") ?? true;

        // The value of white: 1 where values are rescaled by 1/255.
        double white = 255 * ((file.Flag("do_rescale") ?? true) ? file.Number("rescale_factor") ?? (1 / 255d) : 1);
        if (!(white > 0) || !double.IsFinite(white))
        {
            throw file.Error("rescale_factor", "where a number above 0 was expected");
        }

        // 0.00392156862745098, as the files have it, is not to the last bit what 1/255 is.
        white = Math.Abs(white - 1) < 1e-9 ? 1 : white;
        double[] mean = [0, 0, 0], deviation = [1, 1, 1];
        if (file.Flag("do_normalize") == true)
        {
            mean = file.Numbers("image_mean", 3) ?? throw file.Error("image_mean", $"and do_normalize needs one; {Advice}");
            deviation = file.Numbers("image_std", 3) ?? throw file.Error("image_std", $"and do_normalize needs one; {Advice}");
            if (flips && (mean.Distinct().Count() > 1 || deviation.Distinct().Count() > 1))
            {
                throw file.Error("image_mean", $"and does not tell whether that is before or after do_flip_channel_order; {Advice}");
            }
        }

        return new ImagePreprocessing
        {
            Resize = mode,
            ResizeSize = shortest,
            Interpolation = ReadInterpolation(file),
            CropRounding = CropRounding.Floor,
            Height = height,
            Width = width,
            ChannelOrder = flips ? ImageChannelOrder.Bgr : ImageChannelOrder.Rgb,
            Mean = Channels(mean, 0, white),
            Std = Channels(deviation, 1, white),
        };
    }

    protected override void RequireMobileViT()
    {
        if (preprocessor is { } images
            && (images.Text("image_processor_type") ?? images.Text("feature_extractor_type")) is { } processor
            && !processor.StartsWith("MobileViT", StringComparison.Ordinal))
        {
            string key = images.Has("image_processor_type") ? "image_processor_type" : "feature_extractor_type";
            throw images.Error(key, "and only the MobileViTImageProcessor is known; convert the file of weights alone, with --preset");
        }

        if (Config is not { } config)
        {
            // Without a configuration only the name of the processor tells what the file belongs to.
            if (!preprocessor!.Value.Has("image_processor_type") && !preprocessor.Value.Has("feature_extractor_type"))
            {
                throw preprocessor.Value.File.Error($"does not say which model it is of, and there is no '{FileName}' beside it");
            }

            return;
        }

        string[] classes = config.Texts("architectures") ?? [];
        if (!config.Has("model_type") && classes.Length == 0)
        {
            throw config.File.Error("is of no model of Hugging Face or timm");
        }

        if (Family is null && config.Has("model_type"))
        {
            throw config.Error("model_type", $"and the models that are converted are of {Listed(static family => family.HuggingFaceType)}");
        }

        if (classes.Length > 0 && (Family is null || !classes.Contains(Family.HuggingFaceClass)))
        {
            throw config.Error(
                "architectures",
                $"and the models that are converted are of {(Family is null ? Listed(static family => family.HuggingFaceClass) : $"'{Family.HuggingFaceClass}'")}");
        }

        RequireDefault(config.Text("hidden_act") is null or "silu" or "swish", config, "hidden_act");
        RequireDefault(config.Integer("patch_size") is null or MobileViTArchitecture.PatchSize, config, "patch_size");
        RequireDefault((config.Integer("output_stride") ?? 32) == 32, config, "output_stride");
        RequireDefault((config.Integer("conv_kernel_size") ?? 3) == 3, config, "conv_kernel_size");
        RequireDefault((float)(config.Number("layer_norm_eps") ?? 1e-5) == MobileViTArchitecture.NormEpsilon, config, "layer_norm_eps");

        static string Listed(Func<MobileViTFamily, string> name) => string.Join(" or ", MobileViTFamily.All.Select(family => $"'{name(family)}'"));
    }

    private static (int Height, int Width, ImageResizeMode Mode, int Shortest) ReadSizes(ConfigObject file)
    {
        var (shortest, size) = ReadSize(file, "size", 224);
        if (file.Flag("do_center_crop") == false)
        {
            return size is { } whole
                ? (whole.Height, whole.Width, ImageResizeMode.Stretch, 0)
                : throw file.Error("do_center_crop", $"and leaves pictures of any shape, which are no input of a network; {Advice}");
        }

        // A number is a square here, and the shorter side there.
        var (side, crop) = ReadSize(file, "crop_size", 256);
        (int Height, int Width) input = crop ?? (side, side);
        if (size is { } stretched)
        {
            return stretched == input
                ? (input.Height, input.Width, ImageResizeMode.Stretch, 0)
                : throw file.Error("size", $"and another crop_size, which is a crop of a stretched picture and not done here; {Advice}");
        }

        return shortest >= Math.Max(input.Height, input.Width)
            ? (input.Height, input.Width, ImageResizeMode.ShorterSide, shortest)
            : throw file.Error(
                file.Has("size") ? "size" : "crop_size",
                $"and a crop that is larger than the shorter side of {shortest}, which would be filled up with black; {Advice}");
    }

    /// <summary>The shorter side, or height and width.</summary>
    private static (int Shortest, (int Height, int Width)? Both) ReadSize(ConfigObject file, string key, int absent)
    {
        if (!file.Has(key))
        {
            return (absent, null);
        }

        if (file.IsNumber(key))
        {
            return (Checked(file.Integer(key)), null);
        }

        ConfigObject sides = file.Object(key)!.Value;
        return (sides.Integer("shortest_edge"), sides.Integer("height"), sides.Integer("width")) switch
        {
            (_, { } height, { } width) => (0, (Checked(height), Checked(width))),
            ({ } shortest, null, null) when !sides.Has("longest_edge") => (Checked(shortest), null),
            _ => throw file.Error(key, $"where shortest_edge, or height and width, was expected; {Advice}"),
        };

        int Checked(int? side) => side is >= 1 and <= ImagePreprocessing.MaxSide
            ? side.Value
            : throw file.Error(key, $"where numbers between 1 and {ImagePreprocessing.MaxSide} were expected");
    }

    private static ImageInterpolation ReadInterpolation(ConfigObject file)
    {
        const int Bilinear = 2, Bicubic = 3;
        int filter = file.Integer("resample") ?? Bilinear;
        return filter switch
        {
            Bilinear => ImageInterpolation.Bilinear,
            Bicubic => ImageInterpolation.Bicubic,
            _ => throw file.Error(
                "resample",
                $"which is {(filter >= 0 && filter < Filters.Length ? $"PIL's {Filters[filter]}" : "no filter of PIL's")}; "
                + $"{Bilinear} (bilinear) and {Bicubic} (bicubic) are done here; {Advice}"),
        };
    }
}
