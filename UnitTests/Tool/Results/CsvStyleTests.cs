using System.Text;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

/// <summary>CSV for programs and for spreadsheets; both are read back as they were.</summary>
[TestClass]
public sealed class CsvStyleTests
{
    // What a spreadsheet would run, what begins like the safe form of it, and what is neither.
    private static readonly ResultRow[] Rows =
    [
        new(0, "=1+1.jpg", null, ["+x", "-y"], [0.5f, -1e-7f]),
        new(1, "'=1+1.jpg", null, ["'+x", "''-y"], [-1, 0]),
        new(2, "'plain.jpg", null, ["it's", "'"], [1, 0]),
        new(3, "\ttab, \"quoted\".jpg", null, ["@z", "\r"], [1, 0]),
        ResultRow.Failure(4, "a;b;c;d;e;f.jpg", "@SUM(A1) = 2"),
    ];

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    [DataRow(true, true)]
    public async Task Every_style_is_read_back_as_it_was(bool isSafe, bool hasMark)
    {
        byte[] bytes = await WriteAsync(new CsvStyle(isSafe, hasMark), Rows);
        Assert.AreEqual(hasMark, bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble));

        using var folder = new TemporaryFolder();
        string path = folder.PathOf("r.csv");
        await File.WriteAllBytesAsync(path, bytes);
        ResultFormatTests.AssertSame(Rows, [.. ResultFormat.Of(path).Read(path).Rows]);
    }

    [TestMethod]
    public async Task The_safe_style_has_an_apostrophe_before_what_would_run_and_numbers_as_they_are()
    {
        Assert.AreEqual(
            "\"path\",\"error\",\"label_1\",\"probability_1\",\"label_2\",\"probability_2\"\n"
            + "\"'=1+1.jpg\",,\"'+x\",0.5,\"'-y\",-1E-07\n"
            + "\"''=1+1.jpg\",,\"''+x\",-1,\"'''-y\",0\n"
            + "\"'plain.jpg\",,\"it's\",1,\"'\",0\n"
            + "\"'\ttab, \"\"quoted\"\".jpg\",,\"'@z\",1,\"'\r\",0\n"
            + "\"a;b;c;d;e;f.jpg\",\"'@SUM(A1) = 2\",,,,\n",
            Encoding.UTF8.GetString(await WriteAsync(new CsvStyle(IsSafe: true), Rows)));
    }

    [TestMethod]
    public async Task Without_a_style_a_path_is_written_as_it_is()
    {
        string text = Encoding.UTF8.GetString(await WriteAsync(CsvStyle.Plain, Rows));
        Assert.Contains("\n=1+1.jpg,,+x,0.5,-y,", text);
        Assert.StartsWith("path,error,", text);
    }

    private static async Task<byte[]> WriteAsync(CsvStyle style, ResultRow[] rows)
    {
        using var stream = new MemoryStream();
        await ResultFormat.Of("x.csv", ResultKind.Classes, style)
            .WriteAsync(stream, new ResultSchema(ResultKind.Classes, 2), rows, CancellationToken.None);
        return stream.ToArray();
    }
}
