using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT.UnitTests;

/// <summary>The shape of a view's schema; ML.NET hands it out to estimators only.</summary>
internal static class SchemaShapes
{
    public static SchemaShape Shape(this IDataView data)
    {
        var spy = new ShapeSpy();
        new EstimatorChain<ITransformer>().Append(spy).Append(spy).Fit(data);
        return spy.Seen!;
    }

    private sealed class ShapeSpy : IEstimator<ITransformer>
    {
        public SchemaShape? Seen { get; private set; }

        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Seen = inputSchema;
    }
}
