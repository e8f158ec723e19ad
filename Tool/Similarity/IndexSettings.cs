using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>What an index was made with. Only features of one model and one of its outputs can be compared.</summary>
/// <param name="Rows">The settings in the rows' file.</param>
internal sealed record IndexSettings(IReadOnlyList<KeyValuePair<string, string>> Rows)
{
    private const string ModelSetting = "model";
    private const string NamedSetting = "--model";
    private const string LayerSetting = "layer";
    private const string DimensionsSetting = "length";

    /// <summary>The model as it was named when the index was made; a file by its full path.</summary>
    public string Model => this[NamedSetting];

    /// <summary>The output of the model that the features are of.</summary>
    public string Layer => this[LayerSetting];

    /// <summary>The number of features.</summary>
    public int Dimensions => int.Parse(this[DimensionsSetting], CultureInfo.InvariantCulture);

    /// <summary>What made the features, in a line.</summary>
    public string Describe() => $"{this[ModelSetting]}, {LayerSetting} {Layer}";

    private string this[string name] => Rows.First(setting => setting.Key == name).Value;

    /// <summary>The settings of an index that is to be made.</summary>
    /// <param name="named">The model as it was named.</param>
    /// <param name="model">What tells the model from others.</param>
    /// <param name="layer">The output of the model.</param>
    public static IndexSettings Of(string named, KeyValuePair<string, string> model, ModelOutput layer) => new(
    [
        model,
        new(LayerSetting, layer.Name),
        new(DimensionsSetting, layer.Length.ToString(CultureInfo.InvariantCulture)),
        new(NamedSetting, Path.Exists(named) ? Path.GetFullPath(named) : named),
    ]);

    /// <summary>Reads the settings of an index.</summary>
    /// <exception cref="CommandException">There is no index.</exception>
    public static IndexSettings Read(IndexFolder folder)
    {
        if (!File.Exists(folder.Images))
        {
            throw new CommandException(
                $"'{folder.Path}' is not an index of features. Make one with 'index PATH… --output FOLDER'.");
        }

        IndexSettings? settings = TryRead(folder);
        string[] needed = [ModelSetting, NamedSetting, LayerSetting, DimensionsSetting];
        return settings is not null && needed.All(name => settings.Rows.Any(setting => setting.Key == name))
            ? settings
            : throw new CommandException($"'{folder.Images}' does not say what the index was made with. Delete the folder to start over.");
    }

    /// <summary>Reads the settings; null where whoever began the index was stopped before they were there.</summary>
    public static IndexSettings? TryRead(IndexFolder folder) =>
        ResultJournal.ReadSettings(folder.Images) is { } rows ? new IndexSettings(rows) : null;

    /// <summary>Checks that features can be compared with those in an index.</summary>
    /// <param name="other">What the others are made with; by which name does not matter.</param>
    /// <param name="folder">The index.</param>
    /// <exception cref="CommandException">They are of another model, or of another of its outputs.</exception>
    public void RequireSame(IndexSettings other, IndexFolder folder)
    {
        if (RunSettings.Difference(Rows.Where(IsOfFeatures), other.Rows.Where(IsOfFeatures)) is { } difference)
        {
            throw new CommandException(
                $"'{folder.Path}' was made with {difference.Describe("this run has")}. Only features of one model can be compared: "
                + $"leave --model and --layer out, which are '{Model}' and '{Layer}' then, or make another index.");
        }

        static bool IsOfFeatures(KeyValuePair<string, string> setting) => setting.Key != NamedSetting;
    }
}
