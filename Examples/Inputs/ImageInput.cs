namespace MlNetMobileViT.Examples;

/// <summary>One picture to score, or a place that could not be listed.</summary>
/// <param name="Index">The position in the whole list of inputs, before it is cut into shards.</param>
/// <param name="Path">The path as the results show it: the argument, and what lies below it.</param>
/// <param name="Key">
/// What decides the shard and tells inputs apart from those of another run: the path below the folder that was named, or,
/// for a file that was named, from the folder of the first such file, so that it does not matter where a machine mounts the
/// folders; with <c>/</c> on every system.
/// </param>
/// <param name="Error">Why there is nothing to score; a folder that cannot be read, say.</param>
internal readonly record struct ImageInput(long Index, string Path, string Key, string? Error)
{
    /// <summary>Whether it is a pipe that the user named, which is read to its end.</summary>
    public bool IsPipe { get; init; }
}
