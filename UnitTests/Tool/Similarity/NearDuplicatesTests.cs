using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>Groups of nearly the same images.</summary>
[TestClass]
public sealed class NearDuplicatesTests
{
    [TestMethod]
    [DataRow(0.5f)]
    [DataRow(0.9f)]
    [DataRow(0.99f)]
    public void Groups_are_those_of_the_plain_algorithm(float threshold)
    {
        // More than are compared at once, so that groups begin in one piece and go on in the next.
        float[][] features = MadeUpVectors.Clustered(1400, spread: 0.2f);
        int[] order = [.. Enumerable.Range(0, features.Length).Where(i => i % 50 != 7).Reverse()];
        var found = NearDuplicates.Find(MadeUpVectors.Of(features), order, threshold, static () => { }, CancellationToken.None);

        var firsts = new List<int>();
        for (int i = 0; i < order.Length; i++)
        {
            float[] own = features[order[i]];
            int? nearest = firsts.Count == 0 ? null : firsts.MaxBy(first => MadeUpVectors.Cosine(own, features[order[first]]));
            if (nearest is null || MadeUpVectors.Cosine(own, features[order[nearest.Value]]) < threshold)
            {
                firsts.Add(i);
                nearest = i;
            }

            Assert.AreEqual(nearest.Value, found[i].First);
            Assert.AreEqual(MadeUpVectors.Cosine(own, features[order[nearest.Value]]), found[i].Cosine, 1e-6);
        }

        Assert.IsGreaterThan(1, firsts.Count);
        Assert.IsLessThan(order.Length, firsts.Count);
    }

    [TestMethod]
    public void At_a_threshold_of_1_the_same_images_are_together_and_at_0_all_that_do_not_speak_against_each_other()
    {
        float[] a = MadeUpVectors.Clustered(1)[0];
        float[] b = [.. a.Select((value, i) => i == 0 ? value + 0.01f : value)];
        float[] twice = [.. a.Select(value => value * 2)];
        float[] opposite = [.. a.Select(value => -value)];
        MemoryVectors vectors = MadeUpVectors.Of([a, b, twice, opposite]);
        int[] same = [0, 1, 0, 3];
        int[] notOpposite = [0, 0, 0, 3];
        CollectionAssert.AreEqual(same, Firsts(vectors, 1));
        CollectionAssert.AreEqual(notOpposite, Firsts(vectors, 0));
        Assert.IsEmpty(NearDuplicates.Find(vectors, [], 0.9f, static () => { }, CancellationToken.None));
    }

    [TestMethod]
    public void Groups_are_numbered_in_the_order_of_their_first_images_and_failures_are_in_none()
    {
        GroupedImage[] images = GroupedImage.Of(
            [(0, 1), (1, 1), (0, 0.9f)], [("a", null), ("broken", "It is empty."), ("b", null), ("c", null)]);
        CollectionAssert.AreEqual(
            new GroupedImage[] { new("a", null, 1, 2, 1), new("broken", "It is empty.", 0, 0, 0), new("b", null, 2, 1, 1), new("c", null, 1, 2, 0.9f) },
            images);
        Assert.AreEqual(1, GroupedImage.Duplicates(images).Single().Key);
    }

    private static int[] Firsts(UnitVectors vectors, float threshold) =>
    [
        .. NearDuplicates.Find(vectors, [.. Enumerable.Range(0, vectors.Count)], threshold, static () => { }, CancellationToken.None)
            .Select(group => group.First),
    ];
}
