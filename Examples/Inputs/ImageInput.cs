namespace MlNetMobileViT.Examples.Inputs;

/// <summary>One picture to score, or a place that could not be listed.</summary>
/// <param name="Index">The position in the whole list of inputs, before it is cut into shards.</param>
/// <param name="Path">The path as the results show it: the argument, and what lies below it.</param>
/// <param name="Key">
/// What decides the shard: the path below the folder that was named, so that it does not matter where a machine mounts the
/// folder; with <c>/</c> on every system.
/// </param>
/// <param name="Error">Why there is nothing to score; a folder that cannot be read, say.</param>
internal readonly record struct ImageInput(long Index, string Path, string Key, string? Error);
