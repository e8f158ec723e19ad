using System.CommandLine;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>The options that name the model, and say where its weights come from.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = $"The model: {ModelSource.Names}. Official weights are downloaded, and checkpoints converted, on first use.",
        HelpName = "MODEL",
        DefaultValueFactory = _ => ModelSource.Demo,
    };

    private readonly WeightsOptions _weights;

    public ModelOptions(Command command)
    {
        command.Add(_model);
        _weights = new WeightsOptions(command, "downloaded weights, converted models and features");
    }

    /// <summary>Loads the model that was named.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="terminal">Where notes go, and the progress of a download.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <param name="unlessNamed">The model where none was named; null for the one that help says.</param>
    public Task<MobileViTModel> LoadAsync(
        ParseResult parsed, MobileViTModelOptions options, Terminal terminal, CancellationToken cancellationToken, string? unlessNamed = null) =>
        ModelSource.LoadAsync(NameOf(parsed, unlessNamed), Loading(parsed, options, terminal), terminal, cancellationToken);

    /// <summary>Loads the model that was named so that it says where in an image it saw a class.</summary>
    /// <inheritdoc cref="LoadAsync"/>
    public Task<MobileViTModel> LoadExplainableAsync(
        ParseResult parsed, MobileViTModelOptions options, Terminal terminal, CancellationToken cancellationToken) =>
        ModelSource.LoadExplainableAsync(NameOf(parsed), Loading(parsed, options, terminal), terminal, cancellationToken);

    /// <summary>What was named, which may be a file; where nothing was, <paramref name="unlessNamed"/> or else what help says.</summary>
    public string NameOf(ParseResult parsed, string? unlessNamed = null) =>
        unlessNamed is null || IsNamed(parsed) ? parsed.GetValue(_model)! : unlessNamed;

    /// <summary>Whether a model was named.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetResult(_model) is { Implicit: false };

    /// <summary>The folder in which features are kept for the next run.</summary>
    public string FeatureCacheOf(ParseResult parsed) => Path.Combine(_weights.CacheOf(parsed), "features");

    private MobileViTLoadOptions Loading(ParseResult parsed, MobileViTModelOptions options, Terminal terminal) =>
        _weights.Read(parsed) with { Model = options, Notify = terminal.Note };

    /// <summary>What rows of this model depend on, for the settings of a run.</summary>
    public static KeyValuePair<string, string> SettingOf(MobileViTModel model) => new(
        "model", $"{model.Metadata.Variant} {model.Metadata.WeightsSha256[..16]} ({model.Preprocessing.ToJson()})");
}
