using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>Indexes on disk: added to, damaged, stopped half-way, and taken for what they are not.</summary>
[TestClass]
public sealed class FeatureIndexTests
{
    private const int BlockSize = 200;
    private const string State = "100 1";

    private static readonly float[][] Features = MadeUpVectors.Clustered(500);
    private static readonly ImageQuery Query = new("query.jpg", UnitVectors.Scale(MadeUpVectors.Clustered(1, seed: 3)[0]));

    [TestMethod]
    public void What_is_added_in_several_runs_is_the_index_that_one_run_makes()
    {
        using var folder = new TemporaryFolder();
        IndexFolder whole = Fill(folder.PathOf("whole"), 0, Features.Length);
        IndexFolder parts = Fill(folder.PathOf("parts"), 0, 150);
        Fill(parts.Path, 150, 199);
        Fill(parts.Path, 199, 450);
        Fill(parts.Path, 450, Features.Length);
        CollectionAssert.AreEqual(Files(whole), Files(parts));
        Assert.HasCount(2, whole.Graphs().ToArray(), "the last block is not full");
        foreach (string file in Files(whole))
        {
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(whole.Path, file)), File.ReadAllBytes(Path.Combine(parts.Path, file)), file);
        }

        Neighbor[] found = Search(whole, out string notes);
        CollectionAssert.AreEqual(Exact(), found);
        Assert.AreEqual("", notes);
    }

    [TestMethod]
    public void An_image_that_changes_or_is_taken_out_leaves_its_place_and_only_its_block_is_made_anew()
    {
        using var folder = new TemporaryFolder();
        IndexFolder index = Fill(folder.PathOf("index"), 0, Features.Length);
        string[] before = Files(index);
        Write(index, writer =>
        {
            Assert.AreEqual(ImageState.Known, writer.Find(MadeUpVectors.PathOf(3), State));
            Assert.AreEqual(ImageState.Changed, writer.Find(MadeUpVectors.PathOf(3), "100 2"));
            Assert.AreEqual(ImageState.New, writer.Find("/made-up/none.jpg", State));
            writer.Remove(MadeUpVectors.PathOf(3));
            writer.Add(MadeUpVectors.PathOf(4), "100 2", Features[7]);
            Assert.AreEqual(Features.Length - 1, writer.Count);
        });
        CollectionAssert.AreEqual(before, Files(index), "blocks keep vectors that are out of use");

        using FeatureIndex opened = Open(index);
        Assert.AreEqual(Features.Length - 1, opened.Count);
        Assert.IsNull(opened.Paths[3]);
        Assert.IsNull(opened.Paths[4]);
        Assert.AreEqual(MadeUpVectors.PathOf(4), opened.Paths[Features.Length]);
        CollectionAssert.AreEqual(Enumerable.Range(0, Features.Length + 1).Except([3, 4]).ToArray(), opened.Numbers.ToArray());
    }

    [TestMethod]
    [DataRow(1, 0, 499, DisplayName = "a row cut off")]
    [DataRow(0, 1, 499, DisplayName = "a vector cut off")]
    [DataRow(0, 100, 498, DisplayName = "two vectors cut off")]
    [DataRow(10, 10, 499, DisplayName = "both cut off")]
    public void After_a_crash_what_is_whole_stays_and_the_rest_is_added_again(int rowBytes, int vectorBytes, int whole)
    {
        using var folder = new TemporaryFolder();
        IndexFolder index = Fill(folder.PathOf("index"), 0, Features.Length);
        Cut(index.Images, rowBytes);
        Cut(index.Features, vectorBytes);

        using (FeatureIndex reader = Open(index))
        {
            Assert.HasCount(whole, reader.Numbers);
            Assert.AreEqual(Exact()[0].Number, reader.Search.Find([Query], 1, CancellationToken.None)[0][0].Number);
        }

        Write(index, writer =>
        {
            Assert.AreEqual(whole, writer.Count);
            for (int i = 0; i < Features.Length; i++)
            {
                Assert.AreEqual(i < whole ? ImageState.Known : ImageState.New, writer.Find(MadeUpVectors.PathOf(i), State));
                if (i >= whole)
                {
                    writer.Add(MadeUpVectors.PathOf(i), State, Features[i]);
                }
            }
        });
        using FeatureIndex mended = Open(index);
        Assert.AreEqual(Features.Length, mended.Count);
        Assert.HasCount(Features.Length, mended.Numbers);
    }

    [TestMethod]
    public void A_damaged_vector_is_never_found_and_is_read_again()
    {
        using var folder = new TemporaryFolder();
        IndexFolder index = Fill(folder.PathOf("index"), 0, Features.Length);
        Neighbor[] exact = Exact();
        int damaged = exact[0].Number;
        byte[] bytes = File.ReadAllBytes(index.Features);
        bytes[(damaged * MadeUpVectors.Dimensions * sizeof(float)) + 5] ^= 1;
        File.WriteAllBytes(index.Features, bytes);

        using (FeatureIndex reader = Open(index))
        {
            CollectionAssert.DoesNotContain(reader.Search.Find([Query], 10, CancellationToken.None)[0].Select(near => near.Number).ToArray(), damaged);
            Assert.AreEqual(1, reader.Damaged);
            Assert.IsNull(reader.Find(MadeUpVectors.PathOf(damaged)));
        }

        string notes = Write(index, writer =>
        {
            Assert.AreEqual(ImageState.New, writer.Find(MadeUpVectors.PathOf(damaged), State));
            writer.Add(MadeUpVectors.PathOf(damaged), State, Features[damaged]);
        });
        Assert.Contains("damaged", notes);
        Assert.Contains(MadeUpVectors.PathOf(damaged), notes);
        using FeatureIndex mended = Open(index);
        Assert.AreEqual(exact[0].Cosine, mended.Search.Find([Query], 1, CancellationToken.None)[0][0].Cosine);
        Assert.AreEqual(0, mended.Damaged);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1000)]
    [DataRow(-1)]
    public void A_damaged_graph_is_not_opened_and_is_made_again(int place)
    {
        using var folder = new TemporaryFolder();
        IndexFolder index = Fill(folder.PathOf("index"), 0, Features.Length);
        string graph = index.Graphs().Order().First();
        byte[] whole = File.ReadAllBytes(graph);
        byte[] bytes = [.. whole];
        bytes[(place + bytes.Length) % bytes.Length] ^= 0x10;
        File.WriteAllBytes(graph, bytes);

        CollectionAssert.AreEqual(Exact(), Search(index, out string notes));
        Assert.Contains("200 of the 500 images are searched one by one", notes);
        Write(index, static _ => { });
        CollectionAssert.AreEqual(whole, File.ReadAllBytes(graph));
        Search(index, out notes);
        Assert.AreEqual("", notes);
    }

    [TestMethod]
    public void Graphs_of_an_index_that_was_there_before_are_not_taken()
    {
        using var folder = new TemporaryFolder();
        IndexFolder index = Fill(folder.PathOf("index"), 0, Features.Length);
        string[] graphs = [.. index.Graphs().Order()];
        File.Delete(index.Images);
        File.Delete(index.Features);
        string others = folder.PathOf("others");
        Directory.CreateDirectory(others);
        foreach (string graph in graphs)
        {
            File.Move(graph, Path.Combine(others, Path.GetFileName(graph)));
        }

        Write(index, writer =>
        {
            for (int i = 0; i < Features.Length; i++)
            {
                writer.Add(MadeUpVectors.PathOf(i), State, Features[^(i + 1)]);
            }
        }, makesGraphs: false);
        foreach (string graph in graphs)
        {
            File.Copy(Path.Combine(others, Path.GetFileName(graph)), graph);
        }

        Search(index, out string notes);
        Assert.Contains("400 of the 500 images are searched one by one", notes);
        Write(index, static _ => { });
        Assert.IsFalse(graphs.Any(File.Exists));
        Assert.HasCount(2, index.Graphs().ToArray());
    }

    [TestMethod]
    public void Only_one_adds_to_it_and_others_read_meanwhile()
    {
        using var folder = new TemporaryFolder();
        IndexFolder index = Fill(folder.PathOf("index"), 0, 10);
        using (FeatureIndexWriter first = Writer(index, new StringWriter()))
        {
            first.Add(MadeUpVectors.PathOf(10), State, Features[10]);
            var refused = Assert.ThrowsExactly<CommandException>(() => Writer(index, new StringWriter()));
            Assert.Contains("Another run adds to", refused.Message);
            using FeatureIndex reader = Open(index);
            Assert.AreEqual(11, reader.Count);
            first.Add(MadeUpVectors.PathOf(11), State, Features[11]);
            Assert.HasCount(11, reader.Numbers);
        }

        Fill(index.Path, 12, 13);
    }

    [TestMethod]
    public void Features_of_another_model_or_layer_are_refused()
    {
        using var folder = new TemporaryFolder();
        IndexFolder index = Fill(folder.PathOf("index"), 0, 10);
        Assert.AreEqual("features", IndexSettings.Read(index).Layer);
        Assert.AreEqual("named", IndexSettings.Read(index).Model);
        foreach (var other in new[] { Settings("another", "features", "named"), Settings("model", "logits", "named") })
        {
            var refused = Assert.ThrowsExactly<CommandException>(() => Writer(index, new StringWriter(), other));
            Assert.Contains($"'{index.Path}' was made with", refused.Message);
            Assert.Contains("'named'", refused.Message);
        }

        // By what name a model is loaded does not matter.
        Writer(index, new StringWriter(), Settings("model", "features", "by another name")).Dispose();
    }

    [TestMethod]
    public void What_is_no_index_is_refused_and_left_as_it_is()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("file");
        File.WriteAllText(file, "mine");
        Assert.Contains("is a file", Assert.ThrowsExactly<CommandException>(() => FeatureIndexWriter.Require(new IndexFolder(file))).Message);
        Assert.Contains(
            "other things", Assert.ThrowsExactly<CommandException>(() => FeatureIndexWriter.Require(new IndexFolder(folder.Root))).Message);
        Assert.Contains("is not an index", Assert.ThrowsExactly<CommandException>(() => Open(new IndexFolder(folder.Root))).Message);

        string mine = folder.PathOf("mine");
        Directory.CreateDirectory(mine);
        File.WriteAllText(Path.Combine(mine, "images"), "a list of my images");
        Assert.Contains("images", Assert.ThrowsExactly<CommandException>(() => Open(new IndexFolder(mine))).Message);
        Assert.Contains("images", Assert.ThrowsExactly<CommandException>(() => Writer(new IndexFolder(mine), new StringWriter())).Message);
        Assert.AreEqual("a list of my images", File.ReadAllText(Path.Combine(mine, "images")));

        IndexFolder without = Fill(folder.PathOf("without"), 0, 10);
        File.Delete(without.Features);
        Assert.Contains("is missing", Assert.ThrowsExactly<CommandException>(() => Open(without)).Message);
        Write(without, writer => Assert.AreEqual(0, writer.Count));

        string empty = folder.PathOf("empty");
        Directory.CreateDirectory(empty);
        IndexFolder begun = Fill(empty, 0, 0);
        using FeatureIndex nothing = Open(begun);
        Assert.IsEmpty(nothing.Search.Find([Query], 1, CancellationToken.None)[0]);
    }

    [TestMethod]
    public void A_run_that_was_stopped_before_the_settings_were_there_is_begun_again()
    {
        using var folder = new TemporaryFolder();
        IndexFolder index = Fill(folder.PathOf("index"), 0, 1);
        byte[] rows = File.ReadAllBytes(index.Images);
        for (int length = 0; length < 120; length++)
        {
            File.WriteAllBytes(index.Images, rows[..length]);
            Fill(index.Path, 0, 1);
            CollectionAssert.AreEqual(rows, File.ReadAllBytes(index.Images));
        }
    }

    private static IndexFolder Fill(string path, int from, int to)
    {
        var index = new IndexFolder(path) { BlockSize = BlockSize };
        Write(index, writer =>
        {
            for (int i = from; i < to; i++)
            {
                writer.Add(MadeUpVectors.PathOf(i), State, Features[i]);
            }
        });
        return index;
    }

    private static string Write(IndexFolder index, Action<FeatureIndexWriter> work, bool makesGraphs = true)
    {
        using var notes = new StringWriter();
        using FeatureIndexWriter writer = Writer(index, notes);
        work(writer);
        if (makesGraphs)
        {
            writer.MakeGraphs(0, CancellationToken.None);
        }

        return notes.ToString();
    }

    private static FeatureIndexWriter Writer(IndexFolder index, StringWriter notes, IndexSettings? settings = null) =>
        new(new Terminal(TextReader.Null, TextWriter.Null, notes), index, settings ?? Settings("model", "features", "named"));

    private static IndexSettings Settings(string model, string layer, string named) =>
        IndexSettings.Of(named, new("model", model), new ModelOutput(layer, [MadeUpVectors.Dimensions]));

    private static FeatureIndex Open(IndexFolder index) => new(new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null), index, isSearched: true);

    private static Neighbor[] Search(IndexFolder index, out string notes)
    {
        using var error = new StringWriter();
        using var opened = new FeatureIndex(new Terminal(TextReader.Null, TextWriter.Null, error), index, isSearched: true);
        Neighbor[] found = opened.Search.Find([Query], 10, CancellationToken.None)[0];
        notes = error.ToString();
        return found;
    }

    private static Neighbor[] Exact() => new NearestSearch(MadeUpVectors.Of(Features), [.. Features.Select((_, i) => MadeUpVectors.PathOf(i))])
        .Find([Query], 10, CancellationToken.None)[0];

    private static string[] Files(IndexFolder index) => [.. Directory.GetFiles(index.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static void Cut(string path, int bytes)
    {
        using FileStream stream = File.OpenWrite(path);
        stream.SetLength(stream.Length - bytes);
    }
}
