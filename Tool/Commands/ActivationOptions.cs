using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The option of commands whose pages can show where classes were seen.</summary>
internal sealed class ActivationOptions
{
    private readonly Option<bool> _activations = new("--activations")
    {
        Description = "On the page of --report, a switch that shows where in each image its most likely class was seen; "
            + Invariant($"the page has {PictureGallery.MaxExplained:N0} images at most then."),
    };

    private readonly ModelOptions _model;

    public ActivationOptions(Command command, ModelOptions model)
    {
        command.Add(_activations);
        _model = model;
    }

    /// <summary>Checks that there is a page for the maps.</summary>
    /// <exception cref="CommandException">They are asked for, and there is none.</exception>
    public void Check(ParseResult parsed, string? report)
    {
        if (parsed.GetValue(_activations) && report is null)
        {
            throw new CommandException($"{_activations.Name} needs a --report, on which they are shown.");
        }
    }

    /// <summary>Loads the model that was named; where maps are asked for, one that can make them.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    public Task<MobileViTModel> LoadAsync(
        ParseResult parsed, MobileViTModelOptions options, Terminal terminal, CancellationToken cancellationToken) =>
        parsed.GetValue(_activations)
            ? _model.LoadExplainableAsync(parsed, options, terminal, cancellationToken)
            : _model.LoadAsync(parsed, options, terminal, cancellationToken);

    /// <summary>What makes the maps of a page; null where they are not asked for.</summary>
    public ExplainPictures? Explain(ParseResult parsed, Terminal terminal, MobileViTModel model, CancellationToken cancellationToken) =>
        parsed.GetValue(_activations) ? paths => ActivationPass.Run(terminal, model, paths, cancellationToken) : null;
}
