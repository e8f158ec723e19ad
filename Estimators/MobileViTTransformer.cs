using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>
/// What the transformers of this library have in common: rows are read ahead, images decoded, resampled and scored on several
/// threads, and the results come in the order of the rows.
/// </summary>
/// <remarks>
/// A transformer may be used by many threads at once. <see cref="Dispose"/> releases its buffers and, where the transform
/// was given the path of a model file, the model. ML.NET's <see cref="PredictionEngine{TSrc, TDst}"/> disposes the
/// transformer that it was made from; set <see cref="PredictionEngineOptions.OwnsTransformer"/> to false, or share a
/// <see cref="MobileViTModel"/> of your own, where others still use it.
/// <para>
/// <c>mlContext.Model.Save</c> writes the transformer with the model in it, and both <c>mlContext.Model.Load</c> and
/// <see cref="MobileViTModelOperations.LoadMobileViT(ModelOperationsCatalog, string, out DataViewSchema, MobileViTModelOptions, MobileViTPipelineOptions)"/>
/// load it; the remarks of the latter tell the differences, such as that only it keeps the known size of the column of the
/// best labels. A model that was converted for a fixed batch of several images cannot be saved with a pipeline:
/// <see cref="NotSupportedException"/>.
/// </para>
/// </remarks>
public abstract class MobileViTTransformer : ITransformer, IDisposable
{
    private readonly ImageStep _step;
    private readonly ImageMapping _mapping;
    private readonly IStepSaver _saver;
    private readonly ModelUse? _model;
    private int _disposed;

    private protected MobileViTTransformer(ImageStep step, IRowScorer scorer, IStepSaver saver)
    {
        _step = step;
        _mapping = new ImageMapping(step.Input, scorer, step.CommonOptions);
        _saver = saver;
        OutputColumnNames = [.. scorer.Columns.Select(static column => column.Name)];
    }

    /// <summary>A transformer that runs a model, whose use ends with it.</summary>
    private protected MobileViTTransformer(ModelStep step, ModelUse model, IStepSaver saver)
        : this(step, model.Scorer, saver)
    {
        _model = model;
    }

    /// <summary>The column of images.</summary>
    public string InputColumnName => _mapping.Input.Name;

    /// <summary>The columns that are added, in their order.</summary>
    public IReadOnlyList<string> OutputColumnNames { get; }

    /// <summary>What the step was asked for, or was saved with.</summary>
    internal MobileViTPreprocessingOptions Options => _step.CommonOptions;

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema of the transformed data: the input's columns and then those that are added.</summary>
    /// <param name="inputSchema">The schema of the data to transform.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    /// <summary>Adds the columns. Nothing is computed before a consumer asks for their values.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        RequireUsable();
        return new ImageDataView(_mapping, input);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        RequireUsable();
        return new ImageRowMapper(_mapping, inputSchema);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        RequireUsable();
        _saver.Save(ctx, _step, _mapping.Scorer.Columns, _model?.Model);
    }

    /// <summary>
    /// Releases the buffers, and the model where the transformer has one of its own. Calling it again does nothing.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _model?.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private void RequireUsable()
    {
        if (_disposed != 0)
        {
            throw new ObjectDisposedException(
                GetType().Name,
                "The transformer was disposed. A PredictionEngine disposes the transformer that it was made from: set "
                + "PredictionEngineOptions.OwnsTransformer to false where it is still needed.");
        }
    }
}

/// <summary>Saves the step of a transformer. Whoever makes the transformer gives it what saves it, which knows all steps.</summary>
internal interface IStepSaver
{
    /// <summary>Writes a step.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="step">The step.</param>
    /// <param name="columns">The columns that it makes.</param>
    /// <param name="model">Its model; null where it has none.</param>
    /// <exception cref="NotSupportedException">The model cannot run in a saved pipeline.</exception>
    void Save(ModelSaveContext context, ImageStep step, IReadOnlyList<OutputColumn> columns, MobileViTModel? model);
}

/// <summary>A model in use by a transformer, and the tensors to run it with.</summary>
internal sealed class ModelUse : IDisposable
{
    private readonly SharedModel _sharedModel;

    /// <summary>Begins to use a model.</summary>
    /// <param name="sharedModel">The model.</param>
    /// <param name="step">What for.</param>
    public ModelUse(SharedModel sharedModel, ModelStep step)
    {
        _sharedModel = sharedModel;
        Model = sharedModel.Acquire();
        try
        {
            var preprocessor = new ImagePreprocessor(step.Preprocessing, step.CommonOptions.Decoding);
            Scorer = new ModelScorer(Model.Session, preprocessor, step.CreateTask(Model.Signature), step.CommonOptions.BatchSize);
        }
        catch
        {
            sharedModel.Release();
            throw;
        }
    }

    public MobileViTModel Model { get; }

    public ModelScorer Scorer { get; }

    public void Dispose()
    {
        Scorer.Dispose();
        _sharedModel.Release();
    }
}
