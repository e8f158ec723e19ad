using Microsoft.ML.Runtime;

namespace MlNetMobileViT;

/// <summary>The device that an <see cref="Microsoft.ML.MLContext"/> is set to, for whoever has only a catalog of it.</summary>
internal static class ContextDevice
{
    /// <summary>
    /// The options with the context's device where they name none, as <c>ApplyOnnxModel</c> does. ML.NET has no public way from a
    /// catalog to its context; a version of it whose internals are others leaves the options as they are.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="catalog">A catalog of the context.</param>
    public static MobileViTModelOptions WithDeviceOf(this MobileViTModelOptions options, object catalog)
    {
        if (options.GpuDeviceId is null
            && Read(catalog, "Microsoft.ML.Data.IInternalCatalog, Microsoft.ML.Data", "Environment") is IHostEnvironment context
            && Read(context, "Microsoft.ML.Runtime.IHostEnvironmentInternal, Microsoft.ML.Core", "GpuDeviceId") is int device)
        {
            return options with
            {
                GpuDeviceId = device,
                FallbackToCpu = options.FallbackToCpu
                    || Read(context, "Microsoft.ML.Runtime.IHostEnvironmentInternal, Microsoft.ML.Core", "FallbackToCpu") is true,
            };
        }

        return options;
    }

    private static object? Read(object instance, string interfaceName, string property) =>
        Type.GetType(interfaceName) is { } type && type.IsInstanceOfType(instance)
            ? type.GetProperty(property)?.GetValue(instance)
            : null;
}
