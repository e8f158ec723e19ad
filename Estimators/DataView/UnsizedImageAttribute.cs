using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT;

/// <summary>
/// Makes images of any size known to ML.NET, as <c>LoadImages</c> makes them. Its own <see cref="ImageTypeAttribute"/> can
/// only register a size, and custom mappings refuse types that nobody has registered in the process.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UnsizedImageAttribute : DataViewTypeAttribute
{
    public override void Register()
    {
        try
        {
            DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);
        }
        catch (ArgumentException)
        {
            // Somebody else has, and ML.NET takes a type once. The attribute needs one of its own then; no column has it.
            DataViewTypeManager.Register(new StandInType(), typeof(MLImage), this);
        }
    }

    public override bool Equals(DataViewTypeAttribute? other) => other is UnsizedImageAttribute;

    public override int GetHashCode() => typeof(UnsizedImageAttribute).GetHashCode();

    private sealed class StandInType() : StructuredDataViewType(typeof(MLImage))
    {
        public override bool Equals(DataViewType? other) => other is StandInType;

        public override int GetHashCode() => typeof(StandInType).GetHashCode();
    }
}
