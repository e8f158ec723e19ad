using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The option of commands that work on features.</summary>
internal sealed class FeatureOptions
{
    private readonly Option<string> _layer = new("--layer")
    {
        Description = "What to take for the features: features (the pooled vector), logits, or a stage (layer_1 … conv_1x1_exp) "
            + "that the model was converted with.",
        HelpName = "OUTPUT",
        DefaultValueFactory = _ => ModelOutputs.Features,
    };

    public FeatureOptions(Command command) => command.Add(_layer);

    /// <summary>Whether an output was named.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetResult(_layer) is { Implicit: false };

    /// <summary>The output that was named; where none was, <paramref name="unlessNamed"/> or else what help says.</summary>
    /// <exception cref="CommandException">The model does not have it.</exception>
    public ModelOutput LayerOf(ParseResult parsed, MobileViTModel model, string? unlessNamed = null)
    {
        string name = unlessNamed is null || IsNamed(parsed) ? parsed.GetValue(_layer)! : unlessNamed;
        return model.Outputs.FirstOrDefault(output => output.Name == name)
            ?? throw new CommandException(
                $"The model has no output '{name}'; it has {string.Join(", ", model.Outputs.Select(output => output.Name))}. Convert "
                + "the checkpoint with that output to have it.");
    }

    /// <summary>What features depend on, for the settings of a run.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> SettingsOf(
        ParseResult parsed, MobileViTModel model, ModelOutput layer, ScoringOptions scoring) =>
        [ModelOptions.SettingOf(model), new("layer", layer.Name), .. scoring.SettingsOf(parsed)];
}
