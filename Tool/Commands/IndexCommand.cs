using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary><c>index PATH…</c>: the features of pictures on disk, for <c>similar</c> to search in; a later run adds what is new.</summary>
internal sealed class IndexCommand : ToolCommand
{
    private readonly Terminal _terminal;

    public IndexCommand(Terminal terminal)
        : base(
            "index",
            "Keep the features of images on disk, for 'similar' to search in. Run again, it reads only images that are new or changed.",
            "index photos --recursive --output photos.index --model xxs",
            "similar photos/cat.jpg --index photos.index")
    {
        _terminal = terminal;
        var inputOptions = new InputOptions(this);
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder of the index, which is made where there is none, and added to where there is. Its model and layer are "
                + "those of the run that made it.",
            HelpName = "FOLDER",
            Required = true,
        };
        var prune = new Option<bool>("--prune")
        {
            Description = "Take images out whose files are gone.",
        };
        Add(output);
        Add(prune);
        var modelOptions = new ModelOptions(this);
        var featureOptions = new FeatureOptions(this);
        var scoringOptions = new ScoringOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            var folder = new IndexFolder(parsed.GetRequiredValue(output));
            MobileViTScoringOptions scoring = scoringOptions.Read(parsed);
            ImageInputs inputs = inputOptions.Read(parsed, terminal);
            FeatureIndexWriter.Require(folder);
            IndexSettings? before = File.Exists(folder.Images) ? IndexSettings.TryRead(folder) : null;
            using MobileViTModel model = await modelOptions
                .LoadAsync(parsed, scoringOptions.ReadModel(parsed), terminal, cancellationToken, before?.Model).ConfigureAwait(false);
            ModelOutput layer = featureOptions.LayerOf(parsed, model, before?.Layer);
            var settings = IndexSettings.Of(modelOptions.NameOf(parsed, before?.Model), ModelOptions.SettingOf(model), layer);
            ImageInput[] images = InputOptions.List(inputs, terminal);
            if (images.Length == 0)
            {
                throw new CommandException(inputs.NothingFound);
            }

            using var writer = new FeatureIndexWriter(terminal, folder, settings);
            var scorer = new ImageScorer(model, scoring);
            var counts = AddImages(writer, images, missing => scorer.Featurize(missing, layer.Name), cancellationToken);
            int removed = TakeOut(writer, parsed.GetValue(prune));
            writer.MakeGraphs(scoring.Threads, cancellationToken);
            terminal.WriteLine(Invariant(
                $"{TextCell.Printable(folder.Path)}: {writer.Count:N0} images; {counts}, {removed:N0} taken out, {counts.Failed:N0} failed"));
            return counts.Failed == 0 ? ExitCodes.Success : ExitCodes.SomeFailed;
        });
    }

    /// <summary>Adds the images that are not in the index as they are now.</summary>
    private Counts AddImages(
        FeatureIndexWriter writer,
        ImageInput[] images,
        Func<IEnumerable<ImageInput>, IEnumerable<ResultRow>> featurize,
        CancellationToken cancellationToken)
    {
        var counts = new Counts();
        var missing = new List<(ImageInput Input, string Path, string State, ImageState Found)>();
        foreach (ImageInput image in images)
        {
            // Before the file is read: if it changes meanwhile, the next run reads it again.
            string path = image.Error is null ? Path.GetFullPath(image.Path) : image.Path;
            string state = image.Error is null ? IndexedImages.StateOf(path) : "";
            ImageState found = image.Error is null ? writer.Find(path, state) : ImageState.New;
            if (found == ImageState.Known)
            {
                counts.Known++;
            }
            else
            {
                missing.Add((image with { Index = missing.Count }, path, state, found));
            }
        }

        ScoringProgress.Run(
            _terminal,
            Task.FromResult<long?>(images.Length),
            advance =>
            {
                foreach (ResultRow row in featurize(missing.Select(image => image.Input)))
                {
                    var (_, path, state, found) = missing[(int)row.Index];
                    if (row.Error is null)
                    {
                        writer.Add(path, state, row.Numbers);
                        counts.Add(found);
                    }
                    else
                    {
                        counts.Failed++;
                        _terminal.Note($"left out: {TextCell.Printable(row.Error)}");
                        if (found == ImageState.Changed)
                        {
                            // The features are those of a picture that is not there any more.
                            writer.Remove(path);
                        }
                    }

                    advance();
                    cancellationToken.ThrowIfCancellationRequested();
                }
            },
            counts.Known);
        return counts;
    }

    /// <summary>Takes out the images whose files are gone, or says how many they are.</summary>
    private int TakeOut(FeatureIndexWriter writer, bool isAsked)
    {
        string[] gone = writer.FindGone();
        if (!isAsked)
        {
            if (gone.Length > 0)
            {
                string first = TextCell.Printable(gone[0]);
                _terminal.Note(Invariant(
                    $"the files of {gone.Length:N0} of the {writer.Count:N0} images are gone, '{first}' first; --prune takes them out."));
            }

            return 0;
        }

        foreach (string path in gone)
        {
            writer.Remove(path);
        }

        return gone.Length;
    }

    private sealed class Counts
    {
        public int New { get; private set; }

        public int Changed { get; private set; }

        public int Known { get; set; }

        public int Failed { get; set; }

        public override string ToString() => Invariant($"{New:N0} new, {Changed:N0} changed, {Known:N0} as before");

        public void Add(ImageState before)
        {
            if (before == ImageState.Changed)
            {
                Changed++;
            }
            else
            {
                New++;
            }
        }
    }
}
