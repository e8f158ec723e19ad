using Google.Protobuf;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>Models by name, file or checkpoint.</summary>
internal static class ModelSource
{
    /// <summary>The name of the embedded demo model.</summary>
    public const string Demo = "demo";

    private static readonly string[] AllNames = [Demo, .. OfficialWeights.Names];

    /// <summary>What <c>--model</c> takes, for help and messages.</summary>
    public static string Names => $"{Demo}, {PublishedWeights.NamesInWords}, an .onnx file or a checkpoint";

    private static string DemoFolder => Path.Combine(AppContext.BaseDirectory, "Demo");

    /// <summary>The embedded model.</summary>
    public static string DemoFile => Path.Combine(DemoFolder, "mobilevit_xxs_shapes.onnx");

    /// <summary>The pictures that come with it.</summary>
    public static string DemoSamples => Path.Combine(DemoFolder, "samples");

    /// <summary>Loads a model by its name, its file or its checkpoint, which is converted into the cache on first use.</summary>
    /// <exception cref="CommandException">There is no such model, or it cannot run on the GPU that was asked for.</exception>
    /// <exception cref="InvalidDataException">The file is neither a model that the converter wrote nor a checkpoint.</exception>
    public static Task<MobileViTModel> LoadAsync(
        string name, MobileViTLoadOptions options, Terminal terminal, CancellationToken cancellationToken) =>
        LoadAsync(name, options, path => MobileViTModel.Load(path, options.Model), terminal, cancellationToken);

    /// <summary>Loads a model that says where in an image it saw a class: its file, with that output where it has none.</summary>
    /// <exception cref="CommandException">There is no such model, or it has no classifier that could be asked.</exception>
    /// <exception cref="InvalidDataException">The file is neither a model that the converter wrote nor a checkpoint.</exception>
    public static Task<MobileViTModel> LoadExplainableAsync(
        string name, MobileViTLoadOptions options, Terminal terminal, CancellationToken cancellationToken) =>
        LoadAsync(name, options, path => LoadExplainable(path, options.Model ?? new MobileViTModelOptions()), terminal, cancellationToken);

    private static async Task<MobileViTModel> LoadAsync(
        string name, MobileViTLoadOptions options, Func<string, MobileViTModel> open, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(name, options, open, terminal, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException exception) when (options.Model?.GpuDeviceId is not null)
        {
            throw UnusableGpu.Error(name, options.Model.GpuDeviceId.Value, exception);
        }
    }

    /// <summary>Opens the ONNX file of a model by its name, its file or its checkpoint, which is converted into the cache on first use.</summary>
    /// <param name="name">The model.</param>
    /// <param name="options">Where weights come from, and where converted models are kept.</param>
    /// <param name="open">Opens the file.</param>
    /// <param name="terminal">Where notes go, and the progress of a download.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="CommandException">There is no such model.</exception>
    /// <exception cref="InvalidDataException">The file is neither a model that the converter wrote nor a checkpoint.</exception>
    public static async Task<T> OpenAsync<T>(
        string name, MobileViTLoadOptions options, Func<string, T> open, Terminal terminal, CancellationToken cancellationToken)
        where T : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (PublishedWeights.Find(name) is { } published)
        {
            return await DownloadBar.RunAsync(
                terminal,
                published.File,
                progress => FirstUse.OpenOfficialAsync(name, options, open, progress, cancellationToken)).ConfigureAwait(false);
        }

        if (name == Demo)
        {
            T demo = open(DemoFile);
            terminal.Note(
                $"this is the demo model: it knows {OnnxModelFile.Read(DemoFile).Metadata.Labels.Count} drawn shapes and nothing else. "
                + $"Real use starts from the official weights by name: {PublishedWeights.NamesInWords}.");
            return demo;
        }

        if (!Path.Exists(name))
        {
            throw new CommandException(
                $"There is no model '{name}': a model is {Names}{NearNames.EndOfSentence(name, AllNames)}");
        }

        return IsCheckpoint(name)
            ? await OpenCheckpointAsync(name, options, open, cancellationToken).ConfigureAwait(false)
            : open(name);
    }

    /// <summary>A line about a model.</summary>
    public static string Describe(MobileViTModel model) => Invariant(
        $"{model.Metadata.ModelName} from {model.Metadata.SourceFile}: {model.Metadata.Parameters / 1e6:0.00} M parameters, {model.Metadata.Macs / 1e9:0.00} GMACs; {model.Preprocessing}");

    /// <summary>Checks that a model has classes.</summary>
    /// <exception cref="CommandException">It only has features.</exception>
    public static void RequireClasses(MobileViTModel model)
    {
        if (model.Outputs.All(output => output.Name != ModelOutputs.Probabilities))
        {
            throw new CommandException(
                $"The model has no output '{ModelOutputs.Probabilities}', which naming classes needs; it has "
                + $"{string.Join(", ", model.Outputs.Select(output => output.Name))}. Convert it with its default outputs.");
        }
    }

    private static MobileViTModel LoadExplainable(string path, MobileViTModelOptions options)
    {
        ModelProto model = OnnxModelFile.Read(path).Model.Clone();
        var graph = new OnnxGraph(model.Graph);
        new ActivationOutput().Apply(graph);
        model.Graph = graph.Proto;
        return model.Graph.Output.Any(output => output.Name == ModelOutputs.Activation)
            ? MobileViTModel.Load(model.ToByteArray(), options)
            : throw new CommandException(
                $"'{path}' has no classifier in float32, by whose weights it is told where a class was seen; take the float model that it was "
                + "made of.");
    }

    private static async Task<T> OpenCheckpointAsync<T>(
        string path, MobileViTLoadOptions options, Func<string, T> open, CancellationToken cancellationToken)
        where T : class
    {
        int notes = 0;
        T model = await FirstUse.OpenCheckpointAsync(
            path,
            conversion: null,
            options with
            {
                Notify = note =>
                {
                    notes++;
                    options.Notify?.Invoke(note);
                },
            },
            open,
            cancellationToken).ConfigureAwait(false);

        // The first one says that the checkpoint is converted, and the others how.
        if (notes > 1)
        {
            options.Notify?.Invoke("'convert' has the options to convert it otherwise, into an .onnx file for --model.");
        }

        return model;
    }

    /// <summary>Whether a path is a checkpoint: a folder of one, or a file in one of its formats.</summary>
    private static bool IsCheckpoint(string path)
    {
        if (Directory.Exists(path))
        {
            return true;
        }

        // A saved pipeline is a zip archive too, and loading it as a model says what it is for.
        if (Path.GetExtension(path).ToLowerInvariant() is ".onnx" or ".zip"
            || FileKinds.Of(path) is FileKind.Pipe or FileKind.Socket or FileKind.Device)
        {
            return false;
        }

        try
        {
            ContainerDetector.Detect(CheckpointFile.Read(path));
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
