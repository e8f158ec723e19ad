namespace MlNetMobileViT.Conversion;

/// <summary>The weights of a MobileViT classifier under their official names, whatever the checkpoint called them.</summary>
internal sealed class ModelWeights
{
    // What profilers (thop) leave in a state dict, and the counter of PyTorch's averaged models.
    private static readonly string[] SkippedEndings = ["total_ops", "total_params", "n_averaged"];

    private ModelWeights(
        CheckpointLayout layout,
        MobileViTArchitecture architecture,
        IReadOnlyDictionary<string, float[]> tensors,
        IReadOnlyList<string> skipped,
        string? nearest)
    {
        Layout = layout;
        Architecture = architecture;
        Tensors = tensors;
        Skipped = skipped;
        Nearest = nearest;
    }

    /// <summary>The naming scheme of the checkpoint. Preprocessing and channel order follow from it.</summary>
    public CheckpointLayout Layout { get; }

    /// <summary>
    /// The architecture that the shapes of the tensors show, with the number of classes. What shapes do not show, such as the
    /// number of attention heads, is that of <see cref="Nearest"/> or of the architecture that was asked for, and not checked here.
    /// </summary>
    public MobileViTArchitecture Architecture { get; }

    /// <summary>The variant: one of <see cref="MobileViTVariants.Names"/>, or another that <see cref="MobileViTVariants.NameOf(MobileViTArchitecture)"/> gives.</summary>
    public string Variant => MobileViTVariants.NameOf(Architecture);

    /// <summary>
    /// Every parameter and running statistic of <see cref="Architecture"/> by its official name, row-major.
    /// </summary>
    public IReadOnlyDictionary<string, float[]> Tensors { get; }

    /// <summary>
    /// The tensors of the checkpoint, by their own names, that were left out on purpose: counters of training steps and what
    /// profilers leave behind.
    /// </summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>
    /// For a custom architecture that the shapes show, the published variant from which is taken what they do not show; null for
    /// any other.
    /// </summary>
    public string? Nearest { get; }

    /// <summary>What was taken for granted of a custom architecture, in a sentence; null for nothing.</summary>
    /// <param name="heads">The attention heads, where they were told; null where they were not.</param>
    internal string? Assumptions(int? heads) => Nearest is null ? null
        : $"Strides, dilation{(heads is null && Architecture.Transformers.Any() ? $", activations and the {TransformerSpec.DefaultHeads} attention heads" : " and activations")} are "
            + $"taken from {ModelMetadata.NameOf(Nearest)}; tensors do not show them.";

    /// <summary>Finds the weights of a MobileViT classifier in a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint, of any layout; the layout is recognised by the tensors' names.</param>
    /// <param name="architecture">
    /// The architecture that the weights must have, its number of classes apart; <see langword="null"/> to recognise it by
    /// the tensors' shapes.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// Tensors are missing, unexpected or of a wrong shape or type, or hold NaN or infinities: one sentence names them all
    /// (of each kind the first ten).
    /// </exception>
    public static ModelWeights Read(Checkpoint checkpoint, MobileViTArchitecture? architecture = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var (tensors, knownNames) = Enum.GetValues<CheckpointLayout>()
            .SelectMany(static _ => MobileViTFamily.All, (layout, family) => new SourceTensors(checkpoint, layout, family))
            .Select(tensors => (Tensors: tensors, KnownNames: CountKnownNames(tensors)))
            .MaxBy(static candidate => candidate.KnownNames);
        if (knownNames == 0)
        {
            string examples = string.Join(
                ", ", checkpoint.Tensors.Take(3).Select(static tensor => CheckpointFile.Quote(tensor.Name)));
            throw checkpoint.Error(
                $"holds no MobileViT of CVNets, timm or Hugging Face: its tensors have other names, such as {examples}");
        }

        var (recognized, nearest) = ArchitectureRecognizer.Recognize(tensors);
        bool isOwn = architecture is null && MobileViTVariants.IsCustom(MobileViTVariants.NameOf(recognized));
        var expected = architecture?.WithClasses(recognized.Classes) ?? recognized;
        return new WeightsReader(checkpoint, tensors, expected, recognized).Read(isOwn ? nearest : null);
    }

    // The variants of a family have the same names.
    private static int CountKnownNames(SourceTensors tensors) =>
        MobileViTVariants.Get(MobileViTVariants.NamesOf(tensors.Family).Last()).Tensors()
            .Count(spec => Array.Exists(spec.Names.In(tensors.Layout), name => tensors.Find(name) is not null));

    private sealed class WeightsReader(
        Checkpoint checkpoint, SourceTensors tensors, MobileViTArchitecture architecture, MobileViTArchitecture recognized)
    {
        private readonly Dictionary<string, float[]> _weights = new(StringComparer.Ordinal);
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);
        private readonly List<string> _skipped = [];
        private readonly TensorProblems _problems = new();

        public ModelWeights Read(string? nearest)
        {
            var specs = architecture.Tensors().ToList();
            foreach (var spec in specs)
            {
                Check(spec);
            }

            foreach (var tensor in checkpoint.Tensors.Where(tensor => !_known.Contains(tensor.Name)))
            {
                if (Array.Exists(SkippedEndings, ending => tensor.Name.EndsWith(ending, StringComparison.Ordinal)))
                {
                    _skipped.Add(tensor.Name);
                }
                else
                {
                    _problems.Unexpected.Add(CheckpointFile.Quote(tensor.Name));
                }
            }

            ThrowIfAny();
            foreach (var spec in specs.Where(static spec => spec.Kind != TensorKind.Counter))
            {
                _weights.Add(spec.Name, Convert(spec));
            }

            ThrowIfAny();
            return new ModelWeights(tensors.Layout, architecture, _weights, _skipped, nearest);
        }

        private void Check(TensorSpec spec)
        {
            string[] names = spec.Names.In(tensors.Layout);
            int[] shape = SourceTensors.PartShape(spec, names.Length);
            foreach (string name in names)
            {
                if (!_known.Add(name))
                {
                    throw checkpoint.Error(
                        $"cannot hold this architecture: in the {tensors.Layout.GetName()} layout two of its tensors have the name '{name}'");
                }

                var tensor = tensors.Find(name);
                if (spec.Kind == TensorKind.Counter)
                {
                    if (tensor is not null)
                    {
                        _skipped.Add(name);
                    }
                }
                else if (tensor is null)
                {
                    _problems.Missing.Add(checkpoint.Objects.TryGetValue(name, out string? made)
                        ? $"'{name}' (in its place is an object of {CheckpointFile.Quote(made)})"
                        : $"'{name}'");
                }
                else if (!tensor.Shape.SequenceEqual(shape))
                {
                    _problems.WrongShape.Add(
                        $"'{name}' is [{string.Join(", ", tensor.Shape)}] instead of [{string.Join(", ", shape)}]");
                }
                else if (!tensor.DataType.IsFloatingPoint())
                {
                    _problems.Unusable.Add($"'{name}' holds {tensor.DataType.GetName()}");
                }
            }
        }

        private float[] Convert(TensorSpec spec)
        {
            string[] names = spec.Names.In(tensors.Layout);
            float[] values = names.Length == 1
                ? tensors.Find(names[0])!.ToSingle()
                : [.. names.SelectMany(name => tensors.Find(name)!.ToSingle())];
            if (!Array.TrueForAll(values, float.IsFinite))
            {
                _problems.Unusable.Add($"'{names[0]}' holds NaN or infinity");
            }
            else if (spec.Name.EndsWith("running_var", StringComparison.Ordinal)
                && Array.Exists(values, static value => value < 0))
            {
                _problems.Unusable.Add($"'{names[0]}' holds a negative variance");
            }

            return values;
        }

        private void ThrowIfAny()
        {
            if (_problems.IsEmpty)
            {
                return;
            }

            string found = recognized == architecture
                ? ""
                : $" (its shapes are nearest to {ModelMetadata.NameOf(MobileViTVariants.NameOf(recognized))})";
            throw checkpoint.Error(
                $"does not fit {ModelMetadata.NameOf(MobileViTVariants.NameOf(architecture))} in the "
                + $"{tensors.Layout.GetName()} layout{found}: {_problems}");
        }
    }
}
