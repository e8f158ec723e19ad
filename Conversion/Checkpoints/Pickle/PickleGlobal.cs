namespace MlNetMobileViT.Conversion.Checkpoints.Pickle;

/// <summary>A global that a pickle may refer to. Which ones may is decided in <see cref="AllowedGlobals"/>.</summary>
internal sealed record PickleGlobal(string Name, GlobalKind Kind, TensorDataType StorageType = default);
