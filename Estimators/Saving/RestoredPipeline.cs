using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>A pipeline as ML.NET loaded it, on its way to one with fast transformers.</summary>
/// <param name="loaded">The pipeline; disposed unless <see cref="Restore"/> returns.</param>
/// <param name="options">How to run the models.</param>
internal sealed class RestoredPipeline(ITransformer loaded, MobileViTModelOptions options) : IDisposable
{
    // How ML.NET lays a saved chain out in its archive.
    private const string ChainFolder = "TransformerChain";
    private const string LoaderFolder = "Loader/";
    private const string OnnxFile = "OnnxModel";

    private readonly List<IDisposable> _made = [];
    private bool _isDone;

    /// <summary>Puts fast transformers in the place of those that they were saved as, and leaves the others as they are.</summary>
    /// <param name="archive">The saved pipeline.</param>
    /// <exception cref="InvalidDataException">A step or its model cannot be read.</exception>
    public ITransformer Restore(ZipArchive archive)
    {
        var entries = archive.Entries.ToDictionary(static entry => entry.FullName.Replace('\\', '/'));
        // With a data loader, ML.NET saves the pipeline as the only one of a chain, and unpacks it when it loads.
        bool hasLoader = entries.Keys.Any(static name => name.StartsWith(LoaderFolder, StringComparison.Ordinal));
        ITransformer restored = RestoreChain(loaded, hasLoader ? TransformFolder(ChainFolder, 0) : ChainFolder, entries);
        _isDone = true;
        return restored;
    }

    /// <summary>Releases everything where the pipeline could not be restored.</summary>
    public void Dispose()
    {
        if (_isDone)
        {
            return;
        }

        (loaded as IDisposable)?.Dispose();
        _made.ForEach(static made => made.Dispose());
    }

    private ITransformer RestoreChain(ITransformer transformer, string folder, Dictionary<string, ZipArchiveEntry> entries)
    {
        if (transformer is not TransformerChain<ITransformer> chain)
        {
            return transformer;
        }

        ITransformer[] transformers = [.. chain];
        var restored = new List<ITransformer>();
        var scopes = new List<TransformerScope>();
        for (int i = 0; i < transformers.Length;)
        {
            scopes.Add(ScopeOf(chain, transformers[i]));
            if (Find(transformers, i, folder, entries) is ({ } stretch, { } step, { } onnx))
            {
                (transformers[stretch.OnnxIndex] as IDisposable)?.Dispose();
                MobileViTTransformer fast = CreateTransformer(step, onnx);
                _made.Add(fast);
                restored.Add(fast);
                i += stretch.Length;
            }
            else
            {
                restored.Add(RestoreChain(transformers[i], TransformFolder(folder, i), entries));
                i++;
            }
        }

        bool isStep = restored is [MobileViTTransformer] && transformers.Length > 1;
        return isStep ? restored[0] : new TransformerChain<ITransformer>(restored, scopes);
    }

    /// <summary>The step whose transformers begin at an index of a chain, if one does.</summary>
    private static (SavedStretch? Stretch, ImageStep? Step, byte[]? Onnx) Find(
        ITransformer[] chain, int start, string folder, Dictionary<string, ZipArchiveEntry> entries) =>
        SavedStretch.At(chain, start) is { } stretch
            && ReadStep(TransformFolder(folder, stretch.OnnxIndex), entries) is ({ } step, { } onnx)
                ? (stretch, step, onnx)
                : (null, null, null);

    private static string TransformFolder(string folder, int index) => $"{folder}/Transform_{index:000}";

    private static (ImageStep? Step, byte[]? Onnx) ReadStep(string folder, Dictionary<string, ZipArchiveEntry> entries)
    {
        if (!entries.TryGetValue($"{folder}/{OnnxFile}", out ZipArchiveEntry? entry))
        {
            return default;
        }

        // The entry is a byte array as ML.NET writes it: its length first.
        using var reader = new BinaryReader(entry.Open());
        byte[] onnx = reader.ReadBytes(reader.ReadInt32());
        return (SavedOnnx.ReadStep(onnx), onnx);
    }

    private MobileViTTransformer CreateTransformer(ImageStep step, byte[] onnx)
    {
        if (step.Kind == ImageStepKind.Preprocess)
        {
            return new MobileViTPreprocessingTransformer(step);
        }

        if (step.ModelLength < 0 || step.ModelLength > onnx.Length)
        {
            throw new InvalidDataException("A MobileViT step of the saved pipeline cannot be read: its model is cut off.");
        }

        SavedInput.Restore(onnx.AsSpan(0, step.ModelLength));
        var owned = MobileViTModel.Load(onnx.AsMemory(0, step.ModelLength), options);
        _made.Add(owned);
        var model = new SharedModel(owned, isOwned: true);
        return step.Kind switch
        {
            ImageStepKind.Score => new MobileViTScoringTransformer(model, step),
            ImageStepKind.Classify => new MobileViTClassificationTransformer(model, step),
            _ => new MobileViTFeaturizationTransformer(model, step),
        };
    }

    /// <summary>
    /// When a transformer of a chain takes part. The chain itself does not say, but what it keeps for a scope does.
    /// </summary>
    private static TransformerScope ScopeOf(TransformerChain<ITransformer> chain, ITransformer transformer) =>
        ((TransformerScope[])[TransformerScope.Training, TransformerScope.Testing, TransformerScope.Scoring])
            .Where(scope => chain.GetModelFor(scope).Contains(transformer))
            .Aggregate(TransformerScope.None, static (sum, scope) => sum | scope);
}
