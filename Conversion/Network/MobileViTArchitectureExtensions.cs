namespace MlNetMobileViT.Conversion;

/// <summary>What follows from an architecture.</summary>
internal static class MobileViTArchitectureExtensions
{
    /// <param name="architecture">The architecture.</param>
    extension(MobileViTArchitecture architecture)
    {
        /// <summary>The number of trainable parameters: convolutions, linear layers and norms, without running statistics.</summary>
        public long ParameterCount =>
            architecture.Tensors().Where(static spec => spec.Kind == TensorKind.Parameter).Sum(static spec => spec.ElementCount);

        /// <summary>Every tensor of the official state dict: names, shape and kind, in the official order.</summary>
        public IEnumerable<TensorSpec> Tensors() => new MobileViTNetwork(architecture).Tensors;
    }
}
