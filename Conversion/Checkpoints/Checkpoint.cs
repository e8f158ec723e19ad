namespace MlNetMobileViT.Conversion;

/// <summary>The state dict of a checkpoint file.</summary>
/// <remarks>
/// <para>
/// A file is read as data, and nothing that a PyTorch file asks to be called is called: what is not a tensor, such as the
/// arguments of the training, is left out and named in <see cref="LeftOut"/>, and a file that refers to what only an attack
/// needs is refused. Reading allocates the
/// size of the file, and for descriptions at most 160 MB and three times the text in the most tangled pickle that is accepted,
/// or 64 times the header of a safetensors file, which is at most 16 MiB long (a few megabytes for any real file). All tensors
/// together, converted, take at most four times the size of the file.
/// </para>
/// <para>
/// In a training checkpoint the state dict is searched under <see cref="StateDictKeys"/>: the plain weights are taken, and an
/// averaged copy (EMA) only where there are no others or it is asked for.
/// </para>
/// </remarks>
internal sealed class Checkpoint
{
    /// <summary>The largest file that is read, in bytes. The largest MobileViT, in training, takes some 110 MB.</summary>
    public const int MaxFileSize = CheckpointFile.MaxSize;

    // What wrappers put before every name: DataParallel, torch.compile, Lightning and training loops.
    private static readonly string[] Prefixes = ["module.", "_orig_mod.", "model.", "net.", "network."];

    // PyTorch's averaged models count their updates beside the weights, outside of every prefix.
    private const string AveragedCount = "n_averaged";

    private const int MaxWrappers = 4;

    private Checkpoint(CheckpointFile file, CheckpointContainer container, StateDict stateDict)
    {
        FilePath = file.Path;
        Container = container;
        Sha256 = file.ComputeSha256();
        StateDictPath = string.Join('.', stateDict.Path);
        OtherStateDicts = stateDict.Others;
        RemovedPrefix = FindPrefix(stateDict.Tensors);
        LeftOut = stateDict.LeftOut;
        Tensors = RemovedPrefix.Length == 0
            ? stateDict.Tensors
            : [.. stateDict.Tensors.Select(tensor => tensor.WithName(WithoutPrefix(tensor.Name)))];
        Objects = RemovePrefix(stateDict.Objects);
    }

    /// <summary>
    /// The keys under which training programs keep state dicts, in the order in which they are tried: the plain weights first,
    /// then averaged copies.
    /// </summary>
    public static IReadOnlyList<string> StateDictKeys { get; } =
    [
        "state_dict", "model_state_dict", "model", "net", "module",
        "state_dict_ema", "ema_state_dict", "model_ema", "ema",
    ];

    /// <summary>The path that the checkpoint was read from.</summary>
    public string FilePath { get; }

    /// <summary>The name of the file, without its folder.</summary>
    public string FileName => Path.GetFileName(FilePath);

    /// <summary>The SHA-256 of the file, in lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>The file format, recognised by the file's content.</summary>
    public CheckpointContainer Container { get; }

    /// <summary>
    /// The keys, joined by dots, under which the state dict was found in a training checkpoint, such as
    /// <c>model_state_dict</c>; empty where the file is the state dict.
    /// </summary>
    public string StateDictPath { get; }

    /// <summary>The keys of other state dicts beside the one that was taken, such as <c>ema_state_dict</c>.</summary>
    public IReadOnlyList<string> OtherStateDicts { get; }

    /// <summary>
    /// The classes and functions, such as <c>argparse.Namespace</c>, of what else a training checkpoint holds: nothing of it was
    /// called or kept. In the order of the file, each once.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>What stood before every tensor's name and was taken off, such as <c>module.</c>; empty for nothing.</summary>
    public string RemovedPrefix { get; }

    /// <summary>The tensors, in the order of the file.</summary>
    public IReadOnlyList<CheckpointTensor> Tensors { get; }

    /// <summary>What stands among the tensors without being one: the names, and the classes or functions that made it.</summary>
    internal IReadOnlyDictionary<string, string> Objects { get; }

    /// <summary>Reads a checkpoint file.</summary>
    /// <param name="path">
    /// A file of <c>torch.save</c> (zip archive or legacy) or a safetensors file, whose extension has no meaning; or a folder
    /// that holds <c>model.safetensors</c> or <c>pytorch_model.bin</c>.
    /// </param>
    /// <param name="stateDictKey">
    /// The key of the state dict at the root of a training checkpoint, such as <c>ema_state_dict</c>; <see langword="null"/>
    /// to search. Safetensors files have no such keys.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not a checkpoint, is damaged, or refers to what only an attack needs; the message is one sentence that names it.
    /// </exception>
    public static Checkpoint Open(string path, string? stateDictKey = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = CheckpointFile.Read(CheckpointFolder.Resolve(path));
        var container = ContainerDetector.Detect(file);
        return new Checkpoint(file, container, container switch
        {
            CheckpointContainer.PyTorchZip => PyTorchZipReader.Read(file, stateDictKey),
            CheckpointContainer.PyTorchLegacy => PyTorchLegacyReader.Read(file, stateDictKey),
            _ when stateDictKey is not null => throw file.Error(
                $"is a safetensors file, which has no state dict {CheckpointFile.Quote(stateDictKey)}: its tensors lie at the root"),
            _ => SafetensorsReader.Read(file),
        });
    }

    /// <summary>An exception whose message is one sentence: this file, then <paramref name="problem"/>.</summary>
    internal InvalidDataException Error(string problem) => CheckpointFile.Error(FilePath, problem);

    private static string FindPrefix(IReadOnlyList<CheckpointTensor> tensors)
    {
        string removed = "";
        for (int wrapper = 0; wrapper < MaxWrappers && Array.Find(Prefixes, IsShared) is { } prefix; wrapper++)
        {
            removed += prefix;
        }

        return removed;

        bool IsShared(string prefix) => tensors.All(tensor =>
            tensor.Name == AveragedCount
            || (tensor.Name.Length > removed.Length + prefix.Length
                && tensor.Name.AsSpan(removed.Length).StartsWith(prefix, StringComparison.Ordinal)));
    }

    /// <summary>
    /// What stands among the tensors, under their names. Where the same name stands without the prefix too, that one is beside
    /// the model.
    /// </summary>
    private Dictionary<string, string> RemovePrefix(IReadOnlyDictionary<string, string> objects)
    {
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, made) in objects.OrderBy(entry => entry.Key.StartsWith(RemovedPrefix, StringComparison.Ordinal) ? 0 : 1))
        {
            renamed.TryAdd(WithoutPrefix(name), made);
        }

        return renamed;
    }

    private string WithoutPrefix(string name) =>
        name.StartsWith(RemovedPrefix, StringComparison.Ordinal) ? name[RemovedPrefix.Length..] : name;
}
