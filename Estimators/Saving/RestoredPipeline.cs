using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;

namespace MlNetMobileViT;

/// <summary>A pipeline as ML.NET loaded it, on its way to one with fast transformers.</summary>
/// <param name="loaded">The pipeline; disposed unless <see cref="Restore"/> returns.</param>
/// <param name="source">What was loaded, for the messages of errors: a path, or a description of the stream.</param>
/// <param name="modelOptions">How to run the models.</param>
/// <param name="pipelineOptions">What the steps are to do otherwise than they were saved to.</param>
internal sealed class RestoredPipeline(
    ITransformer loaded, string source, MobileViTModelOptions modelOptions, MobileViTPipelineOptions pipelineOptions) : IDisposable
{
    // How ML.NET lays a saved chain out in its archive.
    private const string ChainFolder = "TransformerChain";
    private const string LoaderFolder = "Loader/";
    private const string OnnxFile = "OnnxModel";

    private readonly List<IDisposable> _made = [];
    private readonly List<(ReadOnlyMemory<byte> Bytes, SharedModel Model)> _models = [];
    private bool _isDone;

    /// <summary>Puts fast transformers in the place of those that they were saved as, and leaves the others as they are.</summary>
    /// <param name="archive">The saved pipeline.</param>
    /// <exception cref="InvalidDataException">A step or its model cannot be read.</exception>
    public ITransformer Restore(ZipArchive archive)
    {
        Dictionary<string, ZipArchiveEntry> entries =
            Read(() => archive.Entries.ToDictionary(static entry => entry.FullName.Replace('\\', '/')));
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

        CleanUp.Dispose(loaded);
        _made.ForEach(CleanUp.Dispose);
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
            int start = i;
            if (Read(() => Find(transformers, start, folder, entries)) is { } found)
            {
                for (; i < found.End; i++)
                {
                    (transformers[i] as IDisposable)?.Dispose();
                }

                MobileViTTransformer fast = CreateTransformer(found.Step, found.Onnx);
                _made.Add(fast);
                if (pipelineOptions is not { BadImages: null, ErrorColumnName: null })
                {
                    OutputColumn.RequireDistinct(fast.OutputColumnNames);
                }

                restored.Add(fast);
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

    /// <summary>
    /// The step whose transformers begin at an index of a chain, if one does, and where they end. Others may lie beside them: ML.NET
    /// appends to the chain that it loaded, not to a chain around it.
    /// </summary>
    private SavedStep? Find(
        ITransformer[] chain, int start, string folder, Dictionary<string, ZipArchiveEntry> entries)
    {
        // Nobody else has these mappings, and the first transformer that drops columns is the step's own, and its last.
        int last = Array.FindIndex(chain, start, static transformer => transformer is ColumnSelectingTransformer);
        if (last < 0
            || chain[start] is not (ColumnCopyingTransformer or ImagePixelExtractingTransformer)
            || chain[start + 1] is not CustomMappingTransformer<NoColumns, SettingsKeyRow>)
        {
            return null;
        }

        return Enumerable.Range(start, last - start)
            .Where(index => chain[index] is OnnxTransformer)
            .Select(index => ReadStep(TransformFolder(folder, index), last + 1, entries))
            .FirstOrDefault(static found => found is not null);
    }

    private static string TransformFolder(string folder, int index) => $"{folder}/Transform_{index:000}";

    private SavedStep? ReadStep(string folder, int end, Dictionary<string, ZipArchiveEntry> entries)
    {
        if (!entries.TryGetValue($"{folder}/{OnnxFile}", out ZipArchiveEntry? entry))
        {
            return null;
        }

        // The entry is a byte array as ML.NET writes it: its length first.
        using var reader = new BinaryReader(entry.Open());
        byte[] onnx = reader.ReadBytes(reader.ReadInt32());
        if (SavedOnnx.ReadStep(onnx) is not { } step)
        {
            return null;
        }

        if (step is ModelStep { ModelLength: int length })
        {
            if (length > onnx.Length)
            {
                throw ImageStep.Unreadable("its model is cut off.");
            }

            SavedOnnx.RenameInput(onnx.AsSpan(0, length), SavedOnnx.ModelInput, ModelOutputs.Input);
        }

        return new SavedStep(end, step.With(pipelineOptions), onnx);
    }

    private MobileViTTransformer CreateTransformer(ImageStep step, byte[] onnx)
    {
        if (step is PreprocessingStep preprocessing)
        {
            return Read(() => new MobileViTPreprocessingTransformer(preprocessing, StepSaver.Instance));
        }

        SharedModel model = LoadModel(onnx.AsMemory(0, ((ModelStep)step).ModelLength));
        return Read<MobileViTTransformer>(() =>
        {
            if (step.Preprocessing != model.Model.Preprocessing)
            {
                throw ImageStep.Unreadable("its preprocessing is not that of its model.");
            }

            return step switch
            {
                ClassificationStep classification => new MobileViTClassificationTransformer(model, classification, StepSaver.Instance),
                _ => new MobileViTScoringTransformer(model, (ScoringStep)step, StepSaver.Instance),
            };
        });
    }

    /// <summary>The model of a step. Steps that were saved with the same one, each with a copy, share it again.</summary>
    private SharedModel LoadModel(ReadOnlyMemory<byte> onnx)
    {
        foreach ((ReadOnlyMemory<byte> bytes, SharedModel loadedBefore) in _models)
        {
            if (bytes.Span.SequenceEqual(onnx.Span))
            {
                return loadedBefore;
            }
        }

        // Not read as the rest is: what the caller's own configuration of the session throws is no fault of the file.
        var owned = MobileViTModel.Load(onnx, $"the model in {source}", modelOptions);
        _made.Add(owned);
        var model = new SharedModel(owned, isOwned: true);
        _models.Add((onnx, model));
        return model;
    }

    /// <summary>Reads something from the file, where whatever goes wrong is the file's fault.</summary>
    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
        {
            throw UnreadablePipeline.Error(source, exception);
        }
    }

    /// <summary>
    /// When a transformer of a chain takes part. The chain itself does not say, but what it keeps for a scope does.
    /// </summary>
    private static TransformerScope ScopeOf(TransformerChain<ITransformer> chain, ITransformer transformer) =>
        ((TransformerScope[])[TransformerScope.Training, TransformerScope.Testing, TransformerScope.Scoring])
            .Where(scope => chain.GetModelFor(scope).Contains(transformer))
            .Aggregate(TransformerScope.None, static (sum, scope) => sum | scope);

    /// <summary>A step of a chain.</summary>
    /// <param name="End">The index in the chain behind its transformers.</param>
    /// <param name="Step">The step.</param>
    /// <param name="Onnx">The file that it was in, which begins with its model.</param>
    private sealed record SavedStep(int End, ImageStep Step, byte[] Onnx);
}
