namespace MlNetMobileViT.Tool;

/// <summary>Where in some of the pictures that were scored their most likely classes were seen.</summary>
internal static class ActivationPass
{
    /// <summary>Scores the pictures once more, with progress.</summary>
    /// <returns>The maps in the order of the paths; null for a picture that cannot be read again, as from a pipe.</returns>
    public static ClassActivation?[] Run(
        Terminal terminal, MobileViTModel model, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var maps = new ClassActivation?[paths.Count];
        int[] readable = [.. Enumerable.Range(0, paths.Count).Where(i => FileKinds.Of(paths[i]) != FileKind.Pipe)];
        ScoringProgress.Run(terminal, Task.FromResult<long?>(readable.Length), advance =>
        {
            int next = 0;
            foreach (ImageResult<ClassActivation> result in model.Explain(readable.Select(i => paths[i]), cancellationToken))
            {
                maps[readable[next++]] = result.Error is null ? result.Value : null;
                advance();
            }
        });
        return maps;
    }
}
