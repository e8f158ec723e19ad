using System.Collections.Concurrent;

namespace MlNetMobileViT;

/// <summary>
/// What the calls of one model share: the turns that they wait for, the tensors that they use again, and how images become pixels.
/// </summary>
internal sealed class ModelCalls : IDisposable
{
    private readonly ConcurrentDictionary<string, ModelBatchPool> _ofOutputs = new(StringComparer.Ordinal);
    private readonly Lazy<ModelBatchPool> _ofClasses;
    private readonly Lazy<ModelBatchPool> _ofActivations;
    private readonly ModelSession _session;

    public ModelCalls(ModelSession session)
    {
        _session = session;
        _ofClasses = new Lazy<ModelBatchPool>(() => new ModelBatchPool(session, [.. OutputsForClasses()], batchSize: 1));
        _ofActivations = new Lazy<ModelBatchPool>(
            () => new ModelBatchPool(session, [.. OutputsForClasses(), Require(ModelOutputs.Activation, "explain")], batchSize: 1));
        Preprocessor = new ImagePreprocessor(session.Description.Metadata.Preprocessing, session.Options.Decoding);
        Turns = new Turns(Concurrency);
    }

    public ImagePreprocessor Preprocessor { get; }

    /// <summary>The most images that are decoded and scored at once.</summary>
    public int Concurrency => _session.Options.ConcurrentImages;

    /// <summary>As many as that.</summary>
    public Turns Turns { get; }

    /// <summary>Calls for the most likely classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The model has no probabilities.</exception>
    public ModelCall<IReadOnlyList<ClassPrediction>, TopClasses> Classes(int top)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        _session.ThrowIfDisposed();
        ModelBatchPool tensors = _ofClasses.Value;
        IReadOnlyList<string> labels = _session.Description.Signature.Labels;
        return new(this, tensors, new TopClasses(labels, Math.Min(top, labels.Count), tensors.Outputs.Count - 1));
    }

    /// <summary>Calls for the most likely class and where it was seen.</summary>
    /// <exception cref="InvalidOperationException">The model has no probabilities, or no activation.</exception>
    public ModelCall<ClassActivation, TopActivation> Activations()
    {
        _session.ThrowIfDisposed();
        ModelBatchPool tensors = _ofActivations.Value;
        int map = tensors.Outputs.Count - 1;
        var classes = new TopClasses(_session.Description.Signature.Labels, top: 1, map - 1);
        return new(this, tensors, new TopActivation(classes, tensors.Outputs[map], map, _session.Description.Metadata.Preprocessing));
    }

    /// <summary>Calls for the values of an output.</summary>
    /// <exception cref="ArgumentException">The model has no such output.</exception>
    public ModelCall<float[], OutputValues> Output(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _session.ThrowIfDisposed();
        ModelBatchPool tensors = _ofOutputs.GetOrAdd(
            name,
            static (one, session) => new ModelBatchPool(session, [session.Description.Signature.GetOutput(one)], batchSize: 1),
            _session);
        return new(this, tensors, default);
    }

    /// <summary>Releases the tensors; those in use when they are given back.</summary>
    public void Dispose()
    {
        foreach (ModelBatchPool tensors in _ofOutputs.Values)
        {
            tensors.Dispose();
        }

        foreach (Lazy<ModelBatchPool> tensors in (Lazy<ModelBatchPool>[])[_ofClasses, _ofActivations])
        {
            if (tensors.IsValueCreated)
            {
                tensors.Value.Dispose();
            }
        }
    }

    /// <summary>What ranks the classes, and the probabilities, which are the last.</summary>
    private IEnumerable<ModelOutput> OutputsForClasses()
    {
        ModelOutput probabilities = Require(ModelOutputs.Probabilities, "classify");
        ModelSignature model = _session.Description.Signature;
        return new[] { model.GetOutput(ClassRanking.OutputOf(model)), probabilities }.Distinct();
    }

    private ModelOutput Require(string output, string what)
    {
        ModelSignature model = _session.Description.Signature;
        return model.Outputs.FirstOrDefault(one => one.Name == output) ?? throw new InvalidOperationException(
            $"The model '{model.Source}' cannot {what}: it has no output '{output}'; its outputs are "
            + $"{string.Join(", ", model.Outputs.Select(static one => one.Name))}. 'mobilevit convert' can write others.");
    }
}
