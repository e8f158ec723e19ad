using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ResultFormatTests
{
    private static readonly string[] Extensions = [".csv", ".jsonl", ".parquet", ".idv"];

    private static readonly ResultRow[] ClassRows =
    [
        new(0, "a, \"quoted\".jpg", null, ["tabby, cat", "猫"], [0.75f, 1e-7f]),
        ResultRow.Failure(1, "two\nlines.jpg", "It is \"empty\",\nand so on."),
        new(2, "<script>.jpg", null, ["x", "y"], [1, 0]),
    ];

    private static readonly ResultRow[] FeatureRows =
    [
        new(0, "a.jpg", null, [], [0.1f, -2.5e-8f, float.MaxValue]),
        ResultRow.Failure(1, "b.jpg", "It is empty."),
    ];

    [TestMethod]
    [DataRow(".csv", false)]
    [DataRow(".jsonl", false)]
    [DataRow(".parquet", false)]
    [DataRow(".csv", true)]
    [DataRow(".jsonl", true)]
    [DataRow(".parquet", true)]
    [DataRow(".idv", true)]
    public async Task What_is_written_is_read_back_to_the_last_bit(string extension, bool isFeatures)
    {
        ResultKind kind = isFeatures ? ResultKind.Features : ResultKind.Classes;
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("results" + extension);
        ResultRow[] rows = kind == ResultKind.Classes ? ClassRows : FeatureRows;
        var schema = new ResultSchema(kind, kind == ResultKind.Classes ? 2 : 3);
        var format = ResultFormat.Of(path, kind);
        await using (FileStream stream = File.Create(path))
        {
            await format.WriteAsync(stream, schema, rows, CancellationToken.None);
        }

        var (readSchema, read) = format.Read(path);
        Assert.AreEqual(schema.Kind, readSchema.Kind);
        Assert.AreEqual(schema.Width, readSchema.Width);
        AssertSame(rows, [.. read]);
    }

    [TestMethod]
    [DataRow(".csv")]
    [DataRow(".jsonl")]
    [DataRow(".parquet")]
    public async Task Evaluations_are_read_back_too(string extension)
    {
        ResultRow[] rows =
        [
            new(0, "a.jpg", null, ["cat", "dog"], [0.75f, 2, 0]),
            new(1, "b.jpg", null, ["cat", "cat"], [0.1f, 1, 1]),
            new(2, "c.jpg", "It is empty.", ["cat"], []),
        ];
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("results" + extension);
        await using (FileStream stream = File.Create(path))
        {
            await ResultFormat.Of(path).WriteAsync(stream, ResultSchema.OfEvaluation, rows, CancellationToken.None);
        }

        var (schema, read) = ResultFormat.Of(path).Read(path);
        Assert.AreEqual(ResultKind.Evaluation, schema.Kind);
        AssertSame(rows, [.. read]);
    }

    [TestMethod]
    public async Task The_columns_of_csv_are_the_documented_ones()
    {
        using var stream = new MemoryStream();
        await ResultFormat.Of("x.csv").WriteAsync(stream, new(ResultKind.Classes, 2), ClassRows, CancellationToken.None);
        Assert.AreEqual(
            "path,error,label_1,probability_1,label_2,probability_2\n"
            + "\"a, \"\"quoted\"\".jpg\",,\"tabby, cat\",0.75,猫,1E-07\n"
            + "\"two\nlines.jpg\",\"It is \"\"empty\"\",\nand so on.\",,,,\n"
            + "<script>.jpg,,x,1,y,0\n",
            System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    [TestMethod]
    public async Task The_members_of_json_lines_are_the_columns()
    {
        using var stream = new MemoryStream();
        await ResultFormat.Of("x.jsonl").WriteAsync(stream, new(ResultKind.Features, 3), FeatureRows, CancellationToken.None);
        Assert.AreEqual(
            "{\"path\":\"a.jpg\",\"error\":null,\"features\":[0.1,-2.5E-08,3.4028235E+38]}\n"
            + "{\"path\":\"b.jpg\",\"error\":\"It is empty.\",\"features\":null}\n",
            System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    [TestMethod]
    public void An_extension_without_a_format_is_refused_with_those_there_are()
    {
        Assert.Contains(
            ".csv, .jsonl, .parquet:",
            Assert.ThrowsExactly<CommandException>(() => ResultFormat.Of("x.idv", ResultKind.Classes)).Message);
        Assert.Contains(".idv", Assert.ThrowsExactly<CommandException>(() => ResultFormat.Of("x.xlsx")).Message);
    }

    [TestMethod]
    public void A_file_that_is_no_result_is_named()
    {
        using var folder = new TemporaryFolder();
        foreach (string extension in Extensions)
        {
            foreach (string content in new[] { "", "a,b\n1,2\n", "[1]\n" })
            {
                string path = folder.PathOf("other" + extension);
                File.WriteAllText(path, content);
                var error = Assert.ThrowsExactly<InvalidDataException>(
                    () => ResultFormat.Of(path).Read(path).Rows.Count(), extension + content);
                Assert.Contains(path, error.Message);
            }
        }
    }

    [TestMethod]
    public void A_damaged_row_is_named_by_line_and_column()
    {
        using var folder = new TemporaryFolder();
        string csv = folder.PathOf("r.csv");
        File.WriteAllText(csv, "path,error,f0,f1\na.jpg,,1,2\nb.jpg,,one,2\n");
        Assert.Contains(
            "line 3, column 'f0': 'one'",
            Assert.ThrowsExactly<InvalidDataException>(() => ResultFormat.Of(csv).Read(csv).Rows.Count()).Message);
        string json = folder.PathOf("r.jsonl");
        File.WriteAllText(json, "{\"path\":\"a\",\"error\":null,\"label_1\":\"x\",\"probability_1\":1}\n{\"path\":\"a\",\"error\":null,\"label_1\":\"x\",\"probability_1\":\"1\"}\n");
        Assert.Contains(
            "line 2: 'probability_1'",
            Assert.ThrowsExactly<InvalidDataException>(() => ResultFormat.Of(json).Read(json).Rows.Count()).Message);
    }

    [TestMethod]
    [DataRow("[1,\"2\"]", "line 2: this is not a row with 'features'")]
    [DataRow("1", "line 2: this is not a row with 'features'")]
    [DataRow("[1]", "line 2: 'features' has 1 numbers, and others have 2")]
    public void A_damaged_list_of_features_is_named_by_its_line(string list, string sentence)
    {
        using var folder = new TemporaryFolder();
        string json = folder.PathOf("r.jsonl");
        File.WriteAllText(json, $"{{\"path\":\"a\",\"error\":null,\"features\":[1,2]}}\n{{\"path\":\"b\",\"error\":null,\"features\":{list}}}\n");
        Assert.Contains(sentence, Assert.ThrowsExactly<InvalidDataException>(() => ResultFormat.Of(json).Read(json).Rows.Count()).Message);
    }

    [TestMethod]
    [DataRow(".csv")]
    [DataRow(".jsonl")]
    [DataRow(".parquet")]
    public async Task Indexes_of_classes_stand_beside_their_labels(string extension)
    {
        var schema = new ResultSchema(ResultKind.Classes, 2, hasClassIndexes: true);
        string[] columns = ["path", "error", "label_1", "index_1", "probability_1", "label_2", "index_2", "probability_2"];
        CollectionAssert.AreEqual(columns, schema.Columns.Select(static column => column.Name).ToArray());
        ResultRow[] rows = [new(0, "a.jpg", null, ["cat", "dog"], [0.75f, 0.25f, 281, 3]), ResultRow.Failure(1, "b.jpg", "It is empty.")];
        AssertSame(rows, await WriteAndRead("classes" + extension, schema, rows));
    }

    [TestMethod]
    [DataRow(".csv")]
    [DataRow(".jsonl")]
    [DataRow(".parquet")]
    public async Task Neighbours_are_read_back(string extension)
    {
        ResultRow[] neighbors = [new(0, "q.jpg", null, ["a.jpg"], [0.5f, 1]), ResultRow.Failure(1, "b.jpg", "It is empty.")];
        AssertSame(neighbors, await WriteAndRead("neighbors" + extension, ResultSchema.OfNeighbors, neighbors));
    }

    [TestMethod]
    [DataRow(".csv")]
    [DataRow(".jsonl")]
    [DataRow(".parquet")]
    public async Task Groups_of_duplicates_are_read_back(string extension)
    {
        ResultRow[] groups = [new(0, "a.jpg", null, [], [1, 1, 2]), ResultRow.Failure(1, "b.jpg", "It is empty."), new(2, "c.jpg", null, [], [0.96f, 1, 2])];
        AssertSame(groups, await WriteAndRead("groups" + extension, ResultSchema.OfDuplicates, groups));
    }

    private static async Task<ResultRow[]> WriteAndRead(string name, ResultSchema schema, ResultRow[] rows)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf(name);
        var format = ResultFormat.Of(path, schema.Kind);
        await using (FileStream stream = File.Create(path))
        {
            await format.WriteAsync(stream, schema, rows, CancellationToken.None);
        }

        var (read, found) = format.Read(path);
        CollectionAssert.AreEqual(schema.Columns.ToArray(), read.Columns.ToArray());
        return [.. found];
    }

    internal static void AssertSame(IReadOnlyList<ResultRow> expected, IReadOnlyList<ResultRow> actual)
    {
        Assert.HasCount(expected.Count, actual);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.AreEqual(expected[i].Path, actual[i].Path);
            Assert.AreEqual(expected[i].Error, actual[i].Error);
            CollectionAssert.AreEqual(expected[i].Labels, actual[i].Labels);
            CollectionAssert.AreEqual(expected[i].Numbers, actual[i].Numbers);
        }
    }
}
