namespace MlNetMobileViT.UnitTests;

/// <summary>The other half of the circle, which uses the first in a signature only.</summary>
internal sealed class RightOfCircle
{
    public static object Create(LeftOfCircle? left = null) => left ?? new object();
}
