using System.CommandLine;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>The options of commands that work on features.</summary>
internal sealed class FeatureOptions
{
    private readonly Option<string> _layer = new("--layer")
    {
        Description = "What to take for the features: features (the pooled vector), logits, or a stage (layer_1 … conv_1x1_exp) "
            + "that the model was converted with.",
        HelpName = "OUTPUT",
        DefaultValueFactory = _ => ModelOutputs.Features,
    };

    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "The folder in which features are kept for the next run; by default, one of the user's cache.",
        HelpName = "FOLDER",
    };

    public FeatureOptions(Command command, bool cached = true)
    {
        command.Add(_layer);
        if (cached)
        {
            command.Add(_cache);
        }
    }

    /// <summary>The output that was named.</summary>
    /// <exception cref="CommandException">The model does not have it.</exception>
    public ModelOutput LayerOf(ParseResult parsed, MobileViTModel model)
    {
        string name = parsed.GetValue(_layer)!;
        return model.Outputs.FirstOrDefault(output => output.Name == name)
            ?? throw new CommandException(
                $"The model has no output '{name}'; it has {string.Join(", ", model.Outputs.Select(output => output.Name))}. Convert "
                + "the checkpoint with that output to have it.");
    }

    /// <summary>The folder of the cache.</summary>
    public string CacheOf(ParseResult parsed) =>
        parsed.GetValue(_cache) ?? Path.Combine(WeightsCache.DefaultFolder, "features");
}
