using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>The nearest images, exactly and by graphs.</summary>
[TestClass]
public sealed class NearestSearchTests
{
    private const int Images = 3000;
    private const int Count = 10;

    private static readonly float[][] Features = MadeUpVectors.Clustered(Images);
    private static readonly float[][] Queries = MadeUpVectors.Clustered(40, seed: 2);

    [TestMethod]
    [DataRow(100_000)]
    [DataRow(1000)]
    [DataRow(7)]
    public void An_exact_search_finds_what_sorting_by_a_plain_cosine_puts_first(int blockSize)
    {
        var search = new NearestSearch(MadeUpVectors.Of(Features), Paths(Images)) { BlockSize = blockSize };
        Neighbor[][] found = search.Find(QueriesOf(Queries), Count, CancellationToken.None);
        for (int q = 0; q < Queries.Length; q++)
        {
            int[] expected = [.. Enumerable.Range(0, Images).OrderByDescending(i => MadeUpVectors.Cosine(Queries[q], Features[i])).Take(Count)];
            CollectionAssert.AreEqual(expected, found[q].Select(neighbor => neighbor.Number).ToArray());
            foreach (Neighbor neighbor in found[q])
            {
                Assert.AreEqual(MadeUpVectors.Cosine(Queries[q], Features[neighbor.Number]), neighbor.Cosine, 1e-6);
            }
        }
    }

    [TestMethod]
    public void What_else_is_searched_for_never_changes_a_result()
    {
        var search = new NearestSearch(MadeUpVectors.Of(Features), Paths(Images)) { BlockSize = 700 };
        Neighbor[][] together = search.Find(QueriesOf(Queries), Count, CancellationToken.None);
        for (int q = 0; q < Queries.Length; q++)
        {
            CollectionAssert.AreEqual(together[q], search.Find(QueriesOf(Queries[q..(q + 1)]), Count, CancellationToken.None)[0]);
        }

        Neighbor[][] reversed = search.Find(QueriesOf([.. Queries.Reverse()]), Count, CancellationToken.None);
        CollectionAssert.AreEqual(together[0], reversed[^1]);
    }

    [TestMethod]
    public void Of_equally_near_images_the_first_comes_first_and_fewer_than_asked_for_are_all()
    {
        float[] same = Features[0];
        float[][] features = [Features[5], same, same, same, new float[MadeUpVectors.Dimensions]];
        var search = new NearestSearch(MadeUpVectors.Of(features), Paths(features.Length));
        Neighbor[] found = search.Find(QueriesOf([same]), Count, CancellationToken.None)[0];
        Assert.HasCount(features.Length, found);
        int[] first = [1, 2, 3];
        CollectionAssert.AreEqual(first, found.Take(3).Select(neighbor => neighbor.Number).ToArray());
        // All zero has no direction, and is like nothing.
        Assert.AreEqual(0f, found.Single(neighbor => neighbor.Number == 4).Cosine);
        Assert.IsEmpty(new NearestSearch(MadeUpVectors.Of([]), []).Find(QueriesOf([same]), Count, CancellationToken.None)[0]);
    }

    [TestMethod]
    public void An_image_is_not_found_by_itself_under_whatever_name_and_what_is_out_of_use_is_not_found()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("a.jpg");
        File.WriteAllText(file, "");
        string[] paths = [file, folder.PathOf("link.jpg"), folder.PathOf("copy.jpg")];
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(paths[1], file);
        }

        File.WriteAllText(paths[2], "");
        MemoryVectors vectors = MadeUpVectors.Of([Features[0], Features[0], Features[0], Features[1]]);
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, file);
        Neighbor[] found = new NearestSearch(vectors, [.. paths, null])
            .Find([new ImageQuery(relative, UnitVectors.Scale(Features[0]))], Count, CancellationToken.None)[0];
        int[] others = OperatingSystem.IsWindows() ? [1, 2] : [2];
        CollectionAssert.AreEqual(others, found.Select(neighbor => neighbor.Number).ToArray());
    }

    [TestMethod]
    public void Graphs_find_nearly_all_with_their_exact_cosines_whatever_is_out_of_use()
    {
        using var folder = new TemporaryFolder();
        MemoryVectors vectors = MadeUpVectors.Of(Features);
        const int BlockSize = 1000;
        NeighborGraph[] graphs = [.. Enumerable.Range(0, 2).Select(block =>
        {
            string path = folder.PathOf($"graph{block}");
            NeighborGraph.Write(path, vectors, Enumerable.Range(block * BlockSize, BlockSize), static () => { }, CancellationToken.None);
            return NeighborGraph.Open(path);
        })];
        try
        {
            // Of the second block nearly all is out of use: its graph has to be asked for more until those that are left are found.
            string?[] paths = [.. Paths(Images).Select((path, i) => i is >= BlockSize and < (2 * BlockSize) - 15 ? null : path)];
            Neighbor[][] exact = new NearestSearch(vectors, paths).Find(QueriesOf(Queries), Count, CancellationToken.None);
            // The third block has no graph.
            var search = new NearestSearch(vectors, paths) { BlockSize = BlockSize, Graphs = graphs };
            Neighbor[][] found = search.Find(QueriesOf(Queries), Count, CancellationToken.None);
            double recall = exact.Zip(found, static (all, some) => all.Intersect(some).Count()).Sum() / (double)(Count * Queries.Length);
            Assert.IsGreaterThanOrEqualTo(0.99, recall);
            Assert.IsTrue(found.SelectMany(neighbors => neighbors).All(neighbor => paths[neighbor.Number] is not null));
            CollectionAssert.AreEqual(found[3], search.Find(QueriesOf(Queries[3..4]), Count, CancellationToken.None)[0]);

            string?[] few = [.. Paths(Images).Select((path, i) => i % 500 == 0 ? path : null)];
            Neighbor[][] ofFew = new NearestSearch(vectors, few) { BlockSize = BlockSize, Graphs = graphs }
                .Find(QueriesOf(Queries), Count, CancellationToken.None);
            Assert.IsTrue(ofFew.All(neighbors => neighbors.Length == Images / 500), "each of the few that are left is found");
        }
        finally
        {
            Array.ForEach(graphs, graph => graph.Dispose());
        }
    }

    [TestMethod]
    public void The_graph_of_the_same_vectors_is_the_same_file()
    {
        using var folder = new TemporaryFolder();
        MemoryVectors vectors = MadeUpVectors.Of(Features);
        foreach (string name in new[] { "a", "b" })
        {
            NeighborGraph.Write(folder.PathOf(name), vectors, Enumerable.Range(0, 1000), static () => { }, CancellationToken.None);
        }

        CollectionAssert.AreEqual(File.ReadAllBytes(folder.PathOf("a")), File.ReadAllBytes(folder.PathOf("b")));
        var exception = Assert.ThrowsExactly<IOException>(() => NeighborGraph.Write(
            folder.PathOf("none", "a"), vectors, [0], static () => { }, CancellationToken.None));
        Assert.Contains(folder.PathOf("none", "a"), exception.Message);
    }

    [TestMethod]
    [DataRow(1e-30f)]
    [DataRow(1f)]
    [DataRow(1e30f)]
    public void Features_of_any_size_get_length_1(float scale)
    {
        float[] unit = UnitVectors.Scale([3 * scale, -4 * scale]);
        Assert.AreEqual(0.6, unit[0], 1e-6);
        Assert.AreEqual(-0.8, unit[1], 1e-6);
        CollectionAssert.AreEqual(new float[2], UnitVectors.Scale([0, 0]));
    }

    private static string[] Paths(int count) => [.. Enumerable.Range(0, count).Select(MadeUpVectors.PathOf)];

    private static ImageQuery[] QueriesOf(float[][] features) =>
        [.. features.Select((row, i) => new ImageQuery($"query{i}.jpg", UnitVectors.Scale(row)))];
}
