using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The option that names the model.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = $"The model: {ModelSource.Names}. The official weights are downloaded and converted on first use.",
        HelpName = "MODEL",
        DefaultValueFactory = _ => ModelSource.Demo,
    };

    public ModelOptions(Command command) => command.Add(_model);

    /// <summary>Loads the model that was named.</summary>
    public Task<MobileViTModel> LoadAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken) =>
        ModelSource.LoadAsync(parsed.GetValue(_model)!, terminal, cancellationToken);

    /// <summary>What was named, which may be a file.</summary>
    public string NameOf(ParseResult parsed) => parsed.GetValue(_model)!;

    /// <summary>What rows of this model depend on, for the settings of a run.</summary>
    public static KeyValuePair<string, string> SettingOf(MobileViTModel model) => new(
        "model", $"{model.Metadata.Variant} {model.Metadata.WeightsSha256[..16]} ({model.Preprocessing.ToJson()})");
}
