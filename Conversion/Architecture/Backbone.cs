namespace MlNetMobileViT.Conversion;

/// <summary>What makes feature maps of a picture: a 3×3 stem of stride 2, and the stages <c>layer_1</c> to <c>layer_5</c>.</summary>
/// <param name="StemChannels">The channels that leave the stem.</param>
/// <param name="Stages">The blocks of every stage.</param>
internal sealed record Backbone(int StemChannels, IReadOnlyList<IReadOnlyList<BlockSpec>> Stages)
{
    /// <summary>The blocks of all stages.</summary>
    internal IEnumerable<BlockSpec> Blocks => Stages.SelectMany(static stage => stage);

    /// <inheritdoc/>
    public bool Equals(Backbone? other) =>
        other is not null
        && StemChannels == other.StemChannels
        && Stages.Count == other.Stages.Count
        && Stages.Zip(other.Stages).All(static pair => pair.First.SequenceEqual(pair.Second));

    /// <inheritdoc/>
    public override int GetHashCode() => Blocks.Aggregate(StemChannels, HashCode.Combine);

    internal void Validate()
    {
        const int MostBlocks = 128;
        BlockSpec.Require(StemChannels, BlockSpec.MostChannels, nameof(StemChannels));
        if (Stages is not { Count: 5 })
        {
            throw new ArgumentException($"A MobileViT has 5 stages; this one has {Stages?.Count ?? 0}.");
        }

        int channels = StemChannels;
        for (int i = 0; i < Stages.Count; i++)
        {
            string name = $"Stage layer_{i + 1}: ";
            IReadOnlyList<BlockSpec?> stage = Stages[i] ?? throw new ArgumentException($"{name}it is null.");
            BlockSpec.Require(stage.Count, MostBlocks, name + "the number of blocks");
            foreach (BlockSpec? block in stage)
            {
                (block ?? throw new ArgumentException($"{name}a block is null.")).Validate(name, channels);
                channels = block.Channels;
            }
        }
    }
}
