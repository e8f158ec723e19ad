using System.CommandLine;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary><c>explain PATH…</c>: where in pictures their most likely classes were seen.</summary>
internal sealed class ExplainCommand : ToolCommand
{
    public ExplainCommand(Terminal terminal)
        : base(
            "explain",
            "Show where in images their most likely classes were seen. Without arguments: the embedded demo model on its samples.",
            "explain photos/cat.jpg --output explained --model xxs",
            "explain photos --recursive --report explained.html")
    {
        var inputOptions = new InputOptions(this, required: false);
        var modelOptions = new ModelOptions(this);
        var scoringOptions = new ScoringOptions(this);
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write each image under the colours of its map, as a PNG, into this folder.",
            HelpName = "FOLDER",
        };
        var report = new Option<string?>("--report")
        {
            Description = $"Write a page with up to {PictureGallery.MaxExplained:N0} images and their maps: one .html file that needs no network.",
            HelpName = "FILE.html",
        };
        Add(output);
        Add(report);
        SetAction(async (parsed, cancellationToken) =>
        {
            ImageInputs inputs = inputOptions.Read(parsed, terminal, ModelSource.DemoSamples);
            string name = modelOptions.NameOf(parsed);
            string? page = parsed.GetValue(report);
            OutputPaths written = OutputPaths.Require(output: null, page, name);
            using MobileViTModel model = await modelOptions
                .LoadExplainableAsync(parsed, scoringOptions.ReadModel(parsed), terminal, cancellationToken).ConfigureAwait(false);
            ModelSource.RequireClasses(model);
            ImageInput[] images = [.. inputs.Enumerate()];
            if (images.Length == 0)
            {
                throw new CommandException(inputs.NothingFound);
            }

            foreach (ImageInput image in images.Where(image => image.Error is null))
            {
                written.RequireOther(image.Path);
            }

            OverlayFolder? folder = parsed.GetValue(output) is { } path ? new OverlayFolder(path, images) : null;
            var lines = new PredictionLines(
                terminal, inputs.CommonFolder, images.Take(1000).Select(image => image.Path), model.Labels, top: 1);
            var results = new List<ExplainedImage>();
            foreach (ExplainedImage explained in Explain(model, images, cancellationToken))
            {
                ExplainedImage result = folder is null ? explained : await folder.DrawAsync(explained).ConfigureAwait(false);
                results.Add(result);
                lines.Write(result.Activation is { Prediction: var prediction }
                    ? new ResultRow(results.Count - 1, result.Path, null, [prediction.Label], [prediction.Probability])
                    : ResultRow.Failure(results.Count - 1, result.Path, result.Error!));
            }

            if (page is not null)
            {
                await ExplanationReport.WriteAsync(
                    page, $"What was seen in {inputs.Description}", ModelSource.Describe(model), OriginOf(parsed, name), results).ConfigureAwait(false);
            }

            foreach (string place in new[] { parsed.GetValue(output), page }.OfType<string>())
            {
                terminal.WriteLine($"written: {TextCell.Printable(place)}");
            }

            return results.TrueForAll(result => result.Activation is not null) ? ExitCodes.Success : ExitCodes.SomeFailed;
        });
    }

    /// <summary>A result for each input in their order, those without a readable name among them.</summary>
    private static IEnumerable<ExplainedImage> Explain(MobileViTModel model, ImageInput[] images, CancellationToken cancellationToken)
    {
        using IEnumerator<ImageResult<ClassActivation>> results =
            model.Explain(images.Where(image => image.Error is null).Select(image => image.Path), cancellationToken).GetEnumerator();
        foreach (ImageInput image in images)
        {
            if (image.Error is not null)
            {
                yield return new ExplainedImage(image.Path, null, image.Error);
            }
            else if (results.MoveNext())
            {
                ImageResult<ClassActivation> result = results.Current;
                yield return new ExplainedImage(image.Path, result.Error is null ? result.Value : null, result.Error?.Message);
            }
        }
    }

    /// <summary>The folder of the drawn pictures, which have the names of their files, below the folder that all share.</summary>
    private sealed class OverlayFolder
    {
        private readonly string _path;
        private readonly SharedFolder _shared;
        private readonly HashSet<string> _inputs;

        public OverlayFolder(string path, ImageInput[] images)
        {
            if (File.Exists(path))
            {
                throw new CommandException($"--output '{path}' is a file; name a folder, which is made where there is none.");
            }

            _path = path;
            _shared = new SharedFolder(path, images.Select(image => image.Path));
            _inputs = [.. images.Where(image => image.Error is null).Select(image => RealPath.Of(image.Path))];
        }

        /// <summary>Draws a picture; one that cannot be drawn or written becomes a failure.</summary>
        public async Task<ExplainedImage> DrawAsync(ExplainedImage result)
        {
            if (result.Activation is null)
            {
                return result;
            }

            try
            {
                string file = Path.Combine(_path, Inside(_shared.Below(result.Path)) + ".png");
                if (_inputs.Contains(RealPath.Of(file)))
                {
                    throw new IOException($"'{file}' is one of the inputs, and is not written over; name another folder.");
                }

                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                byte[] png = ActivationOverlay.Draw(result.Path, result.Activation);
                await AtomicFile.WriteAsync(file, async stream => await stream.WriteAsync(png).ConfigureAwait(false)).ConfigureAwait(false);
                return result;
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                return new ExplainedImage(result.Path, null, exception.Message);
            }
        }

        /// <summary>A path that does not lead out of the folder: where the pictures share no folder it may begin with a root or with dots.</summary>
        private static string Inside(string path) => string.Join(
            Path.DirectorySeparatorChar,
            path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
                .Where(part => part is not ("" or "." or ".."))
                .Select(part => part.Replace(':', '_')));
    }
}
