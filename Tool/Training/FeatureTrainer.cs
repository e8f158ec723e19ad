using Microsoft.ML;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.LightGbm;

namespace MlNetMobileViT.Tool;

/// <summary>A trainer on features. This is the one table of them.</summary>
/// <param name="Name">The name that <c>--trainer</c> takes.</param>
/// <param name="Description">What it is, for those who choose.</param>
/// <param name="Create">Makes it, of a context, a seed, and the name of the column of weights, or null.</param>
internal sealed record FeatureTrainer(
    string Name, string Description, Func<MLContext, int, string?, IEstimator<ITransformer>> Create)
{
    /// <summary>The name that stands for all.</summary>
    public const string AllName = "all";

    // LightGBM's own least is 20; a few dozen images a class are what people have.
    private const int LeastOfLeaf = 5;

    // Of its own accord ML.NET goes through a few hundred rows thousands of times: 13 s instead of 1 for 320 images, to the same accuracy.
    private const int SdcaIterations = 300;

    /// <summary>Whether features are brought to mean 0 and variance 1 first. Cosines are those of the features as they are.</summary>
    public bool NormalizesFeatures { get; init; } = true;

    /// <summary>What can be done where it learned nothing.</summary>
    public string WayOut { get; init; } = "Add images, or take another --trainer, --layer or --model.";

    /// <summary>All trainers, the default first.</summary>
    public static IReadOnlyList<FeatureTrainer> All { get; } =
    [
        new("lbfgs", "multinomial logistic regression by L-BFGS", static (context, _, weight) => context.MulticlassClassification.Trainers
            .LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1, ExampleWeightColumnName = weight })),
        new("sdca", "the same by dual coordinate ascent", static (context, _, weight) => context.MulticlassClassification.Trainers
            .SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
            {
                NumberOfThreads = 1,
                MaximumNumberOfIterations = SdcaIterations,
                ExampleWeightColumnName = weight,
            })),
        new("lightgbm", "boosted trees, for many images", static (context, seed, weight) => context.MulticlassClassification.Trainers
            .LightGbm(new LightGbmMulticlassTrainer.Options
            {
                Seed = seed,
                Deterministic = true,
                MinimumExampleCountPerLeaf = LeastOfLeaf,
                ExampleWeightColumnName = weight,
            }))
        {
            WayOut = $"LightGBM tells images apart only by what at least {LeastOfLeaf} on either side have: add images, or take --trainer lbfgs.",
        },
        new(
            "knn",
            $"the {NearestNeighborsEstimator.DefaultNeighborCount} nearest images by cosine, for few images",
            static (context, _, weight) => context.MulticlassClassification.Trainers.NearestNeighbors(exampleWeightColumnName: weight))
        {
            NormalizesFeatures = false,
        },
    ];

    /// <summary>The names, for sentences.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(trainer => trainer.Name));

    /// <summary>The trainer of a name.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static FeatureTrainer Of(string name) => All.FirstOrDefault(trainer => trainer.Name == name)
        ?? throw new CommandException($"There is no trainer '{name}'; there are {Names}, and {AllName} to compare them.");
}
