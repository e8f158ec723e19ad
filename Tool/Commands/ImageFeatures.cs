using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary>The features of images by the model that a command line names, or by the one that an index was made with.</summary>
internal sealed class ImageFeatures
{
    private readonly ModelOptions _model;
    private readonly FeatureOptions _layer;
    private readonly ScoringOptions _scoring;

    public ImageFeatures(Command command)
    {
        _model = new ModelOptions(command);
        _layer = new FeatureOptions(command);
        _scoring = new ScoringOptions(command);
    }

    /// <summary>The model as it was named; where none was, that of the index.</summary>
    public string NameOf(ParseResult parsed, IndexSettings? index) => _model.NameOf(parsed, index?.Model);

    /// <summary>Checks the options that do not need a model.</summary>
    /// <exception cref="CommandException">One is wrong.</exception>
    public void Check(ParseResult parsed) => _scoring.Read(parsed);

    /// <summary>Computes features. No model is loaded where nothing is to be computed and none was named.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Where notes and progress go.</param>
    /// <param name="images">The images, which have no errors.</param>
    /// <param name="folder">The index with which they are to be compared; null for none.</param>
    /// <param name="index">What it was made with.</param>
    /// <param name="cancellationToken">Stops it; what is computed is kept for the next run.</param>
    /// <returns>A row for each image, in their order, and a line about the model.</returns>
    /// <exception cref="CommandException">There is no such model or output, or the index is of another.</exception>
    public async Task<(IReadOnlyList<ResultRow> Rows, string Model)> ComputeAsync(
        ParseResult parsed,
        Terminal terminal,
        IReadOnlyList<ImageInput> images,
        IndexFolder? folder,
        IndexSettings? index,
        CancellationToken cancellationToken)
    {
        if (index is not null && images.Count == 0 && !_model.IsNamed(parsed) && !_layer.IsNamed(parsed))
        {
            return ([], index.Describe());
        }

        using MobileViTModel model = await _model
            .LoadAsync(parsed, _scoring.ReadModel(parsed), terminal, cancellationToken, index?.Model).ConfigureAwait(false);
        ModelOutput layer = _layer.LayerOf(parsed, model, index?.Layer);
        index?.RequireSame(IndexSettings.Of(NameOf(parsed, index), ModelOptions.SettingOf(model), layer), folder!);
        var table = new FeatureTable(
            terminal,
            model,
            _scoring.Read(parsed),
            layer.Name,
            _model.FeatureCacheOf(parsed),
            FeatureOptions.SettingsOf(parsed, model, layer, _scoring));
        return (images.Count == 0 ? [] : table.Compute(images, cancellationToken), ModelSource.Describe(model));
    }
}
