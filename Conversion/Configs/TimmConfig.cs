namespace MlNetMobileViT.Conversion;

/// <summary>
/// The <c>config.json</c> that timm writes for the Hugging Face hub (<c>save_for_hf</c>): the name of the architecture, and in
/// <c>pretrained_cfg</c> the preprocessing. In the old form all keys stand at the root.
/// </summary>
internal sealed class TimmConfig(ConfigObject config) : ModelConfig(config)
{
    public const string ArchitectureKey = "architecture";

    // timm's defaults for what a configuration does not say (timm/data/constants.py, timm/data/config.py).
    private const double DefaultCropShare = 0.875;
    private static readonly double[] ImageNetMean = [0.485, 0.456, 0.406];
    private static readonly double[] ImageNetStd = [0.229, 0.224, 0.225];

    // What a crop and the values after it are made of; the size of the crop alone has no default that fits every model.
    private static readonly string[] PreprocessingKeys = ["mean", "std", "crop_pct", "crop_mode", "interpolation"];

    // Arguments of timm's create_model that change nothing in a trained network, or what the tensors show themselves.
    private static readonly string[] HarmlessArguments = ["num_classes", "pretrained", "drop_rate", "drop_path_rate", "zero_init_last"];

    private readonly ConfigObject _config = config;

    private ConfigObject Pretrained => _config.Object("pretrained_cfg") ?? _config;

    public override CheckpointLayout Layout => CheckpointLayout.Timm;

    public override MobileViTFamily? Family =>
        MobileViTFamily.All.FirstOrDefault(family => NamesOf(family).Contains(_config.Text(ArchitectureKey)));

    public override int? Classes => _config.Integer("num_classes") ?? Pretrained.Integer("num_classes");

    public override IReadOnlyList<string>? Labels
    {
        get
        {
            ConfigObject owner = _config.Has("label_names") ? _config : Pretrained;
            string[]? names = owner.Texts("label_names");
            return names is null ? null
                : names.Length == (Classes ?? names.Length) ? ReadLabels(_config.File, "label_names", names)
                : throw _config.File.Error($"has {names.Length} \"label_names\" for {Classes} classes");
        }
    }

    public override string PreprocessingFile => FileName;

    protected override ConfigFile PreprocessorFile => _config.File;

    public override ImagePreprocessing? ReadPreprocessing()
    {
        ConfigObject settings = Pretrained;
        if (!settings.Has("input_size"))
        {
            // timm itself would take 224, which none of its MobileViT was trained with.
            return Array.Find(PreprocessingKeys, settings.Has) is not { } key ? null : throw settings.Error(
                key, $"and no \"input_size\", without which the preprocessing is not known; add it, or {Advice}");
        }

        double[] size = settings.Numbers("input_size", 3)!;
        if (size is not [3, >= 1 and <= ImagePreprocessing.MaxSide, _] || size[1] != size[2] || size[1] != Math.Floor(size[1]))
        {
            throw settings.Error(
                "input_size", $"where 3 channels and two equal sides up to {ImagePreprocessing.MaxSide} were expected; {Advice}");
        }

        int side = (int)size[1];
        double share = settings.Number("crop_pct") ?? DefaultCropShare;
        if (!(share > 0 && share <= 1))
        {
            throw settings.Error("crop_pct", $"where a number above 0 and up to 1 was expected; {Advice}");
        }

        int resized = (int)Math.Floor(side / share);
        bool stretches = settings.Text("crop_mode") switch
        {
            null or "center" => false,
            "squash" when resized == side => true,
            _ => throw settings.Error("crop_mode", $"which is not done here, only 'center' is; {Advice}"),
        };
        return new ImagePreprocessing
        {
            Resize = stretches ? ImageResizeMode.Stretch : ImageResizeMode.ShorterSide,
            ResizeSize = stretches ? 0 : resized,
            Interpolation = settings.Text("interpolation") switch
            {
                null or "bicubic" => ImageInterpolation.Bicubic,
                "bilinear" => ImageInterpolation.Bilinear,
                _ => throw settings.Error("interpolation", $"and bilinear and bicubic are done here; {Advice}"),
            },
            CropRounding = CropRounding.HalfToEven,
            ChannelOrder = ImageChannelOrder.Rgb,
            Height = side,
            Width = side,
            Mean = Channels(settings.Numbers("mean", 3) ?? ImageNetMean, neutral: 0, scale: 1),
            Std = Channels(settings.Numbers("std", 3) ?? ImageNetStd, neutral: 1, scale: 1),
        };
    }

    protected override void RequireMobileViT()
    {
        if (Family is null)
        {
            throw _config.Error(
                ArchitectureKey,
                $"and the models of timm that are converted are {string.Join(", ", MobileViTFamily.All.SelectMany(NamesOf))}");
        }

        RequireDefault(_config, "global_pool");
        RequireDefault(Pretrained, "global_pool");
        if (_config.Object("model_args") is { } arguments)
        {
            foreach (var (key, _) in arguments.Entries())
            {
                RequireDefault(arguments, key);
            }
        }
    }

    /// <summary>timm's names of a family's variants: <c>mobilevit_xxs</c>; <c>mobilevitv2_075</c> for the width 0.75.</summary>
    private static IEnumerable<string> NamesOf(MobileViTFamily family) => MobileViTVariants.NamesOf(family).Select(variant =>
        family == MobileViTFamily.V2
            ? "mobilevitv2_" + variant[family.VariantPrefix.Length..].Replace(".", "", StringComparison.Ordinal).PadRight(3, '0')
            : $"mobilevit_{variant}");

    private static void RequireDefault(ConfigObject owner, string key)
    {
        bool isDefault = !owner.Has(key) || key switch
        {
            "global_pool" => owner.Text(key) == "avg",
            "act_layer" => owner.Text(key) is "silu" or "swish",
            "in_chans" => owner.Integer(key) == 3,
            "output_stride" => owner.Integer(key) == 32,
            _ => HarmlessArguments.Contains(key),
        };
        RequireDefault(isDefault, owner, key);
    }
}
