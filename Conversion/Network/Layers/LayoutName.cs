namespace MlNetMobileViT.Conversion;

/// <summary>What a module or a tensor is called in every layout.</summary>
/// <param name="Cvnets">The official name, which is the canonical one here.</param>
/// <param name="Timm">timm's.</param>
/// <param name="HuggingFace">Hugging Face's.</param>
internal sealed record LayoutName(string Cvnets, string Timm, string HuggingFace)
{
    /// <summary>In a name of Hugging Face's, what stands for its three tensors of query, key and value, one elsewhere.</summary>
    internal const string QueryKeyValue = "{query,key,value}";

    /// <summary>What all names of a backbone begin with: in Hugging Face's layout it is a part of what is saved.</summary>
    internal static LayoutName RootOf(MobileViTFamily family) => new("", "", family.HuggingFaceType);

    private static readonly string[] Projections = ["query", "key", "value"];

    /// <summary>The name of a part, below this one; empty where a layout has no level of its own for it.</summary>
    public LayoutName Part(string cvnets, string timm, string huggingFace)
    {
        return new(Join(Cvnets, cvnets), Join(Timm, timm), Join(HuggingFace, huggingFace));

        static string Join(string name, string part) => name.Length == 0 || part.Length == 0 ? name + part : $"{name}.{part}";
    }

    /// <summary>The name of a part that all layouts call the same.</summary>
    public LayoutName Part(string name) => Part(name, name, name);

    /// <summary>The tensors of a layout that hold the tensor: itself, or query, key and value apart.</summary>
    /// <returns>One name, or the names of the parts in the order in which the first dimension puts them together.</returns>
    public string[] In(CheckpointLayout layout) => layout switch
    {
        CheckpointLayout.Cvnets => [Cvnets],
        CheckpointLayout.Timm => [Timm],
        _ => HuggingFace.Contains(QueryKeyValue, StringComparison.Ordinal)
            ? Array.ConvertAll(Projections, part => HuggingFace.Replace(QueryKeyValue, part, StringComparison.Ordinal))
            : [HuggingFace],
    };
}
