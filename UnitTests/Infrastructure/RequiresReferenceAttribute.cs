namespace MlNetMobileViT.UnitTests;

/// <summary>Skips a test or class where the reference data does not lie beside the repository.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, Inherited = false)]
internal sealed class RequiresReferenceAttribute : ConditionBaseAttribute
{
    public RequiresReferenceAttribute()
        : base(ConditionMode.Include)
    {
        IgnoreMessage = "The reference data (../shared/reference) is not beside the repository.";
    }

    public override string GroupName => nameof(RequiresReferenceAttribute);

    public override bool IsConditionMet => Reference.IsAvailable;
}
