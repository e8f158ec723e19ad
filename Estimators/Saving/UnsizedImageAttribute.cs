using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT;

/// <summary>
/// Makes columns of images without a size, such as <c>LoadImages</c> makes, known to ML.NET's mappings of rows. Its own
/// <see cref="ImageTypeAttribute"/> does that for one size; a process that only loads a pipeline may have used neither.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UnsizedImageAttribute : DataViewTypeAttribute
{
    public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);

    public override bool Equals(DataViewTypeAttribute? other) => other is UnsizedImageAttribute;

    public override bool Equals(object? obj) => obj is UnsizedImageAttribute;

    public override int GetHashCode() => typeof(UnsizedImageAttribute).GetHashCode();
}
