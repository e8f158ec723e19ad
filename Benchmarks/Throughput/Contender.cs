namespace MlNetMobileViT.Benchmarks;

/// <summary>A way to get logits from photos.</summary>
internal enum Contender
{
    /// <summary>ML.NET's own transforms on the model as torch exports it.</summary>
    PlainPeer,

    /// <summary>ML.NET's own transforms on the converter's model.</summary>
    PlainOurs,

    /// <summary>This library's pipeline.</summary>
    Pipeline,

    /// <summary>One thread that preprocesses and scores photo by photo, without ML.NET.</summary>
    SingleThread,
}
