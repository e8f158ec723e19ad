namespace MlNetMobileViT;

/// <summary>A step that runs a model. Besides images it takes pixels that another step has made.</summary>
internal abstract record ModelStep : ImageStep
{
    /// <summary>The length in bytes of the model that the saved ONNX file begins with; 0 where the step is not saved.</summary>
    public int ModelLength { get; init; }

    /// <summary>What the step takes from the model, in the order in which a saved pipeline has it; null where it is not saved.</summary>
    public IReadOnlyList<SavedOutput>? Outputs { get; init; }

    internal abstract override MobileViTScoringOptions CommonOptions { get; }

    internal override ImageColumn Input => new(InputColumnName, [3, Preprocessing.Height, Preprocessing.Width]);

    /// <summary>What of its model the step was saved with.</summary>
    internal virtual ModelSignature SavedModel =>
        new("the model", [.. (Outputs ?? []).Select(static output => new ModelOutput(output.Name, [output.Length]))], []);

    /// <summary>What the step takes from a model, the columns that it makes, and how.</summary>
    /// <exception cref="ArgumentException">The model has not what the step needs.</exception>
    public abstract ModelTask CreateTask(ModelSignature model);

    /// <summary>The step with what it takes to read it without its model.</summary>
    public virtual ModelStep ForSaving(MobileViTModel model) => this with
    {
        ModelLength = model.Session.Bytes.Length,
        Outputs = [.. CreateTask(model.Signature).Outputs.Select(static output => new SavedOutput(output.Name, output.Length))],
    };

    protected override void Validate()
    {
        base.Validate();
        Require(ModelLength > 0, "the length of its model is wrong.");
        Require(Outputs is null || Outputs.All(static output => output is { Length: > 0 }), "the lengths of its outputs are wrong.");
    }
}

/// <summary>A step that runs a model, with options of its own.</summary>
internal abstract record ModelStep<TOptions> : ModelStep
    where TOptions : MobileViTScoringOptions
{
    // Saved as the type that this library knows: what a user's own adds to it could not be read again.
    public required TOptions Options { get; init; }

    internal sealed override MobileViTScoringOptions CommonOptions => Options;

    protected override void Validate()
    {
        Require(Options is not null, "it has no options.");
        base.Validate();
    }

    public sealed override ImageStep With(MobileViTPipelineOptions changes) =>
        this with { Options = changes.ApplyTo(Options) };
}

/// <summary>An output of the model that a step of a saved pipeline takes.</summary>
/// <param name="Name">Its name in the graph: one of <see cref="ModelOutputs"/>.</param>
/// <param name="Length">The number of its values for one image.</param>
internal sealed record SavedOutput(string Name, int Length);
