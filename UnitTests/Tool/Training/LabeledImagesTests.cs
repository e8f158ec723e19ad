using System.Text;
using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class LabeledImagesTests
{
    // Decomposed accents, as macOS writes them.
    private static readonly Dictionary<string, string> Truth = new()
    {
        ["cafe\u0301.png"] = "blue triangle",
        ["U\u0308bung 1.jpg"] = "blue crescent",
        ["plain.jpg"] = "red arrow",
        ["sub/inner.png"] = "blue ring",
        ["with space.jpg"] = "red heart",
        ["e.jpg"] = "red circle",
        ["f.png"] = "red triangle",
        ["g.jpg"] = "red heart",
    };

    [TestMethod]
    [DataRow("backslash.csv")]
    [DataRow("bom.csv")]
    [DataRow("capital.csv")]
    [DataRow("dot.csv")]
    [DataRow("lines.txt")]
    [DataRow("lines_tab.txt")]
    [DataRow("nfc.csv")]
    [DataRow("nfd.csv")]
    [DataRow("semicolon.csv")]
    [DataRow("spacehead.csv")]
    [DataRow("tab.tsv")]
    public void A_label_file_is_read_as_people_write_it(string name)
    {
        using var folder = new TemporaryFolder();
        Touch(folder, [.. Truth.Keys]);
        Assert.AreEqual("", Read(folder, Reference.InRepository("UnitTests", "Data", "label_files", name), out var labels));
        CollectionAssert.AreEquivalent(Truth, labels);
    }

    [TestMethod]
    [DataRow("utf-8")]
    [DataRow("utf-16")]
    [DataRow("utf-16BE")]
    [DataRow("utf-32")]
    public void A_byte_order_mark_says_the_encoding(string encoding)
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "猫.jpg", "b.jpg");
        string file = folder.PathOf("labels.csv");
        File.WriteAllText(file, "猫.jpg\tcat\r\nb.jpg\tdog\r\n", Encoding.GetEncoding(encoding));
        Assert.AreEqual("", Read(folder, file, out var labels));
        CollectionAssert.AreEquivalent(new Dictionary<string, string> { ["猫.jpg"] = "cat", ["b.jpg"] = "dog" }, labels);
    }

    [TestMethod]
    [DataRow("a.jpg,cat\nb c.jpg,dog\n", DisplayName = "no header")]
    [DataRow("\"a.jpg\";\"cat\"\n\"b c.jpg\";\"dog\"\n;\n", DisplayName = "quotes, and an empty row")]
    [DataRow("Class | File_Name | Source\ncat | a.jpg | x\ndog | b c.jpg | y\n", DisplayName = "other columns in another order")]
    [DataRow("\n\na.jpg   cat\n\n  b c.jpg dog\n", DisplayName = "columns of spaces")]
    [DataRow("file,label\ra.jpg,cat\rb c.jpg,dog", DisplayName = "line ends of old")]
    [DataRow(".\\a.jpg\tcat\n././b c.jpg\tdog\n", DisplayName = "dots")]
    public void What_separates_a_name_from_its_label_is_seen_in_the_file(string text)
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", "b c.jpg");
        Assert.AreEqual("", Read(folder, Write(folder, text), out var labels));
        CollectionAssert.AreEquivalent(new Dictionary<string, string> { ["a.jpg"] = "cat", ["b c.jpg"] = "dog" }, labels);
    }

    [TestMethod]
    public void A_comma_in_every_label_does_not_separate()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "1.JPEG", "2.JPEG");
        Assert.AreEqual("", Read(folder, Write(folder, "1.JPEG tench, Tinca tinca\n2.JPEG cock, \"rooster\"\n"), out var labels));
        Assert.AreEqual("tench, Tinca tinca", labels["1.JPEG"]);
        Assert.AreEqual("cock, \"rooster\"", labels["2.JPEG"]);
    }

    [TestMethod]
    [DataRow("nothing\n", "line 1: 'nothing'", "file and label")]
    [DataRow("name,category\na.jpg,cat\n", "line 1: 'name,category'", "file and label")]
    [DataRow("a.jpg cat\nb dog\n", "line 2: 'b dog'")]
    [DataRow("file,label\na.jpg,cat\nb.jpg,tabby, cat\n", "line 3", "3 columns", "quotes")]
    [DataRow("file,label\na.jpg\n", "line 2", "1 column")]
    [DataRow("file,label\na.jpg,\n", "line 2", "no label for 'a.jpg'")]
    [DataRow("file,label\n,cat\n", "line 2", "no file name")]
    [DataRow("a.jpg,cat,dog\n", "line 1", "3 columns")]
    [DataRow("file,label\n\na.jpg,\"cat\nb.jpg,dog\n", "line 3", "quote")]
    [DataRow("file,path,label\na.jpg,b.jpg,cat\n", "line 1", "'file' and 'path'")]
    [DataRow("file,label\na.jpg,cat\nb.jpg,c\0t\n", "line 3", "NUL", "UTF-16")]
    [DataRow("file,label\na.jpg,cat\na.jpg,dog\n", "line 3", "'a.jpg' is 'dog' here and 'cat' in line 2")]
    [DataRow("file,label\nc.jpg,cat\n", "no label for any image", "'c.jpg'", "'a.jpg'")]
    [DataRow("", "no label for any image", "names nothing")]
    public void What_is_not_understood_is_refused_with_its_line(string text, params string[] parts)
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", "b.jpg");
        string file = Write(folder, text);
        var error = Assert.ThrowsExactly<CommandException>(() => LabeledImages.FromFile(folder.PathOf("images"), file, _ => { }));
        foreach (string part in parts.Append(file))
        {
            Assert.Contains(part, error.Message);
        }
    }

    [TestMethod]
    public void A_file_in_an_encoding_without_a_mark_is_refused_with_its_line()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg");
        string file = folder.PathOf("labels.csv");
        File.WriteAllText(file, "file,label\na.jpg,cat\nété.jpg,dog\n", Encoding.Latin1);
        var error = Assert.ThrowsExactly<CommandException>(() => LabeledImages.FromFile(folder.PathOf("images"), file, _ => { }));
        Assert.Contains("Line 3 of the label file", error.Message);
    }

    [TestMethod]
    public void What_has_no_counterpart_or_stands_twice_is_said()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg");
        string notes = Read(
            folder, Write(folder, "a.jpg cat\n./a.jpg cat\nx.jpg dog\nA.jpg dog\ny.jpg dog\nz.jpg dog\n"), out var labels);
        Assert.HasCount(1, labels);
        Assert.Contains("4 images have no label in", notes);
        Assert.Contains("'b.jpg', 'c.jpg', 'd.jpg', …", notes);
        Assert.Contains("4 names in", notes);
        Assert.Contains("'x.jpg' in line 3, 'A.jpg' in line 4, 'y.jpg' in line 5, …", notes);
        Assert.Contains("1 name stands more than once", notes);
        Assert.Contains("'./a.jpg' in lines 1 and 2", notes);
    }

    [TestMethod]
    public void Two_images_whose_names_differ_only_in_their_accents_stay_two()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "\u00E9.jpg", "e\u0301.jpg", "b.jpg");
        if (Directory.GetFiles(folder.PathOf("images")).Length < 3)
        {
            Assert.Inconclusive("This file system takes the two names for one.");
        }

        Assert.AreEqual("", Read(folder, Write(folder, "e\u0301.jpg two\n\u00E9.jpg one\nb.jpg three\n"), out var labels));
        Assert.AreEqual("one", labels["\u00E9.jpg"]);
        Assert.AreEqual("two", labels["e\u0301.jpg"]);
        var error = Assert.ThrowsExactly<CommandException>(() => Read(folder, Write(folder, "b.jpg three\n./e\u0301.jpg two\n"), out _));
        Assert.Contains("line 2", error.Message);
        Assert.Contains("any of 2 images", error.Message);
    }

    [TestMethod]
    public void Hidden_and_system_folders_are_no_classes()
    {
        using var folder = new TemporaryFolder();
        Touch(
            folder,
            "red/a.jpg", "blue/b.jpg", "blue/more/c.jpg",
            ".ipynb_checkpoints/d.jpg", "@eaDir/e.jpg", "__MACOSX/red/f.jpg", "$RECYCLE.BIN/g.jpg", "lost+found/h.jpg",
            ".Trash-1000/files/i.jpg", "System Volume Information/j.jpg", "#recycle/k.jpg", "blue/@eaDir/l.jpg", "blue/.git/m.jpg");
        Directory.CreateDirectory(folder.PathOf("images", ".git"));
        var notes = new List<string>();
        var images = LabeledImages.FromFolders(folder.PathOf("images"), notes.Add);
        Assert.AreEqual(
            "blue/b.jpg: blue, blue/more/c.jpg: blue, red/a.jpg: red",
            string.Join(", ", images.Images.Zip(images.Labels, (image, label) => $"{image.Key}: {label}")));
        Assert.HasCount(1, notes);
        Assert.Contains("11 hidden or system folders were passed over: '#recycle', ", notes[0]);
    }

    private static string Read(TemporaryFolder folder, string file, out Dictionary<string, string> labels)
    {
        var notes = new List<string>();
        var read = LabeledImages.FromFile(folder.PathOf("images"), file, notes.Add);
        labels = read.Images.Zip(read.Labels).ToDictionary(pair => pair.First.Key, pair => pair.Second);
        return string.Join('\n', notes);
    }

    private static string Write(TemporaryFolder folder, string text)
    {
        string path = folder.PathOf("labels.txt");
        File.WriteAllText(path, text);
        return path;
    }

    private static void Touch(TemporaryFolder folder, params string[] keys)
    {
        foreach (string key in keys)
        {
            string path = folder.PathOf(["images", .. key.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, []);
        }
    }
}
