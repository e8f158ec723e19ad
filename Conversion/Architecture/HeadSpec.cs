using System.Text.Json.Serialization;

namespace MlNetMobileViT.Conversion;

/// <summary>What stands behind the backbone, as data. Every kind of head is one record here.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Classification), "classification")]
[JsonDerivedType(typeof(LinearClassification), "linear_classification")]
internal abstract record HeadSpec
{
    private protected HeadSpec(int classes) => Classes = classes;

    /// <summary>The number of classes.</summary>
    public int Classes { get; init; }

    internal virtual void Validate() => BlockSpec.Require(Classes, 1 << 20, nameof(Classes));
}

/// <summary>Classification: a last 1×1 convolution, global average pooling and a linear classifier.</summary>
/// <param name="FeatureChannels">The channels of the convolution, which are the length of the feature vector.</param>
/// <param name="Classes">The number of classes.</param>
internal sealed record Classification(int FeatureChannels, int Classes = 1000) : HeadSpec(Classes)
{
    internal override void Validate()
    {
        BlockSpec.Require(FeatureChannels, 1 << 16, nameof(FeatureChannels));
        base.Validate();
    }
}

/// <summary>
/// MobileViTv2's classification: global average pooling of the last stage and a linear classifier. The feature vector has the channels
/// of the stage.
/// </summary>
/// <param name="Classes">The number of classes.</param>
internal sealed record LinearClassification(int Classes = 1000) : HeadSpec(Classes);
