namespace MlNetMobileViT.UnitTests;

/// <summary>One half of the circle that <see cref="FolderTests"/> has to find; it is used in a method's body only.</summary>
internal sealed class LeftOfCircle
{
    public static string Name => RightOfCircle.Create().ToString()!;
}
