using MlNetMobileViT.Tool;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class ImageInputsTests
{
    [TestMethod]
    public void A_folder_gives_its_images_in_ordinal_order_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "b.jpg", "B.PNG", "a.webp", "notes.txt", ".hidden.jpg", "sub/c.jpg", "c.tiff");
        RequireEqual(Keys(folder.Root), "B.PNG", "a.webp", "b.jpg", "c.tiff");
    }

    [TestMethod]
    public void Many_arguments_are_described_by_the_first_of_them()
    {
        static string Describe(params string[] arguments) => new ImageInputs(arguments, false, TextReader.Null).Description;
        Assert.AreEqual("'a', 'b', 'c'", Describe("a", "b", "c"));
        Assert.AreEqual("'a', 'b', 'c' and 2 more", Describe("a", "b", "c", "d", "e"));
    }

    [TestMethod]
    public void Subfolders_come_after_files_and_only_when_asked_for()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "z.jpg", "sub/b.jpg", "sub/deeper/a.jpg", "another/x.jpg");
        RequireEqual(Keys(true, folder.Root), "z.jpg", "another/x.jpg", "sub/b.jpg", "sub/deeper/a.jpg");
    }

    [TestMethod]
    [DataRow("*.jpg", "a.jpg b.jpg")]
    [DataRow("?.png", "c.png")]
    [DataRow("[ab].jpg", "a.jpg b.jpg")]
    [DataRow("[!a].jpg", "b.jpg")]
    [DataRow("**/*.jpg", "a.jpg b.jpg sub/d.jpg sub/more/e.jpg")]
    [DataRow("sub/*", "d.jpg")]
    [DataRow("*/more/*.jpg", "sub/more/e.jpg")]
    public void A_glob_that_the_shell_left_is_expanded(string pattern, string expected)
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", "b.jpg", "c.png", "sub/d.jpg", "sub/readme.txt", "sub/more/e.jpg");
        CollectionAssert.AreEqual(expected.Split(' '), Keys(folder.PathOf(pattern)));
    }

    [TestMethod]
    public void A_file_whose_name_looks_like_a_glob_is_that_file()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "[1].jpg", "1.jpg");
        RequireEqual(Paths(folder.PathOf("[1].jpg")), folder.PathOf("[1].jpg"));
    }

    [TestMethod]
    public void A_list_on_standard_input_is_taken_line_by_line_or_to_each_null()
    {
        RequireEqual(new ImageInputs(["-"], false, new StringReader("a.jpg\n\nb c.jpg\n")).Enumerate().Select(i => i.Path), "a.jpg", "b c.jpg");
        RequireEqual(new ImageInputs(["-"], false, new StringReader("a\nb.jpg\0猫.jpg"), nullSeparated: true)
                .Enumerate().Select(i => i.Path), "a\nb.jpg", "猫.jpg");
    }

    [TestMethod]
    public void An_input_named_twice_counts_once_and_the_notes_say_so()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", "b.jpg");
        var inputs = new ImageInputs([folder.PathOf("a.jpg"), folder.Root], false, TextReader.Null);
        Assert.HasCount(2, inputs.Enumerate().ToArray());
        Assert.Contains("named more than once", inputs.Notes.Single());
    }

    [TestMethod]
    public void An_input_spelled_in_two_ways_counts_once()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "sub/a.jpg");
        string path = folder.PathOf("sub", "a.jpg");
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        RequireEqual(Paths(relative, $"./{relative}", path, folder.PathOf("sub", ".", "..", "sub", "a.jpg"), folder.PathOf("sub")), relative);
    }

    [TestMethod]
    public void The_keys_of_files_do_not_tell_where_they_are_mounted()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "one/a.jpg", "one/b.jpg", "two/c.jpg");
        string[] files = [folder.PathOf("one", "b.jpg"), folder.PathOf("one", "a.jpg"), folder.PathOf("two", "c.jpg")];
        RequireEqual(Keys(files), "b.jpg", "a.jpg", "../two/c.jpg");
        RequireEqual(Keys([.. files.Select(file => Path.GetRelativePath(Environment.CurrentDirectory, file))]), "b.jpg", "a.jpg", "../two/c.jpg");
    }

    [TestMethod]
    public void A_byte_order_mark_is_no_part_of_the_first_name()
    {
        RequireEqual(new ImageInputs(["-"], false, new StringReader("\ufeffa.jpg\nb.jpg\n")).Enumerate().Select(i => i.Path), "a.jpg", "b.jpg");
        RequireEqual(
            new ImageInputs(["-"], false, new StringReader("\ufeffa.jpg\0b.jpg\0"), nullSeparated: true).Enumerate().Select(i => i.Path),
            "a.jpg",
            "b.jpg");
    }

    [TestMethod]
    public void A_list_that_was_not_read_as_it_was_written_says_so()
    {
        ImageInput input = new ImageInputs(["-"], false, new StringReader("a.jpg\0b.jpg\0")).Enumerate().Single();
        Assert.Contains("--null", input.Error!);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Names_that_are_not_text_are_a_row_each_that_says_why()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", "\ufffd.jpg");
        Shell.Run("sh", "-c", $"cd '{folder.Root}' && touch \"$(printf 'bad\\377.jpg')\" \"$(printf 'bad\\376.jpg')\" \"$(printf '\\376.txt')\" && mkdir \"$(printf 'x\\377')\"");
        ImageInput[] inputs = [.. new ImageInputs([folder.Root], false, TextReader.Null).Enumerate()];
        RequireEqual(inputs.Select(input => input.Key), "a.jpg", @"bad\xfe.jpg", @"bad\xff.jpg", "\ufffd.jpg");
        RequireEqual(inputs.Select(input => input.Error), null, UndecodableNames.Reason, UndecodableNames.Reason, null);
        RequireEqual(Keys(true, folder.Root), "a.jpg", @"bad\xfe.jpg", @"bad\xff.jpg", @"x\xff", "\ufffd.jpg");

        // Named one by one, they arrive with the bytes already lost.
        string lost = folder.PathOf("bad\ufffd.jpg");
        var named = new ImageInputs([folder.PathOf("a.jpg"), lost, lost], false, TextReader.Null);
        named.Validate();
        RequireEqual(named.Enumerate().Select(input => input.Error), null, UndecodableNames.Reason, UndecodableNames.Reason);
        Assert.IsEmpty(named.Notes);
        // .NET cannot delete them either.
        Shell.Run("sh", "-c", $"rm -r '{folder.Root}'/*");
    }

    [TestMethod]
    public void Hidden_and_system_folders_are_passed_over_below_the_one_that_was_named()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", ".ipynb_checkpoints/a.jpg", "sub/@eaDir/thumb.jpg", "sub/b.jpg", "__MACOSX/c.jpg", ".Trash-1000/files/d.jpg");
        var inputs = new ImageInputs([folder.Root], true, TextReader.Null);
        RequireEqual(inputs.Enumerate().Select(input => input.Key), "a.jpg", "sub/b.jpg");
        Assert.StartsWith("4 hidden or system folders were passed over: ", inputs.Notes.Single());
        RequireEqual(Keys(folder.PathOf("**", "*.jpg")), "a.jpg", "sub/b.jpg");
        RequireEqual(Keys(folder.PathOf(".ipynb_checkpoints")), "a.jpg");
    }

    [TestMethod]
    public void Pictures_in_formats_that_are_not_read_are_counted()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", "b.JXL", "c.jxl", "d.svg", "e.dng", "notes.txt", ".hidden.svg");
        var inputs = new ImageInputs([folder.Root], false, TextReader.Null);
        RequireEqual(inputs.Enumerate().Select(input => input.Key), "a.jpg");
        Assert.Contains("4 files were left out, in formats that are not read: 1 .dng, 2 .jxl, 1 .svg.", inputs.Notes.Single());
        // One that was named is an input: its error says why.
        RequireEqual(Keys(folder.PathOf("d.svg")), "d.svg");
        RequireEqual(Keys(folder.PathOf("?.svg")));
    }

    [TestMethod]
    [DataRow(@"C:\*.jpg", "C:/", "*.jpg")]
    [DataRow(@"C:*.jpg", "C:", "*.jpg")]
    [DataRow(@"C:\photos\2024\*.JPG", "C:/photos/2024", "x.jpg")]
    [DataRow(@"\\server\share\*.jpg", "//server/share", "*.jpg")]
    [DataRow(@"photos\*.jpg", "photos", "*.jpg")]
    public void A_glob_is_read_as_Windows_writes_paths(string text, string folder, string match)
    {
        GlobPattern glob = GlobPattern.Parse(text, isWindows: true)!;
        Assert.AreEqual(folder, glob.Folder);
        Assert.IsTrue(glob.Matches(match.Replace('*', 'x')));
        Assert.IsFalse(glob.IsRecursive);
    }

    [TestMethod]
    public void Equal_names_in_two_folders_are_two_inputs()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "one/a.jpg", "two/a.jpg");
        Assert.HasCount(2, Paths(folder.PathOf("one"), folder.PathOf("two")));
    }

    [TestMethod]
    public void Links_in_circles_end_and_links_to_files_and_folders_are_followed()
    {
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        Touch(folder, "a.jpg", "sub/b.jpg");
        Touch(elsewhere, "c.jpg");
        Directory.CreateSymbolicLink(folder.PathOf("sub", "up"), folder.Root);
        Directory.CreateSymbolicLink(folder.PathOf("sub", "self"), folder.PathOf("sub"));
        Directory.CreateSymbolicLink(folder.PathOf("out"), elsewhere.Root);
        File.CreateSymbolicLink(folder.PathOf("link.jpg"), elsewhere.PathOf("c.jpg"));
        var inputs = new ImageInputs([folder.Root], true, TextReader.Null);
        RequireEqual(inputs.Enumerate().Select(input => input.Key), "a.jpg", "link.jpg", "sub/b.jpg", "out/c.jpg");
        Assert.HasCount(2, inputs.Notes);
        Assert.Contains("listed already", inputs.Notes[0]);
    }

    [TestMethod]
    public void A_folder_that_cannot_be_read_is_an_input_that_says_why()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a.jpg", "locked/b.jpg", "z/c.jpg");
        var walker = new FolderWalker(
            path => path.EndsWith("locked", StringComparison.Ordinal)
                ? throw new UnauthorizedAccessException("Access is denied.")
                : FolderEntry.List(path),
            Assert.Fail);
        var found = walker.Walk(folder.Root, recursive: true).ToArray();
        RequireEqual(found.Select(item => item.Relative), "a.jpg", "locked", "z/c.jpg");
        Assert.AreEqual("The folder cannot be read: Access is denied.", found[1].Error);
    }

    [TestMethod]
    [DataRow("nowhere", "no file or folder")]
    [DataRow("nowhere/*.jpg", "no folder")]
    public void A_path_that_is_not_there_is_refused(string path, string message)
    {
        using var folder = new TemporaryFolder();
        var inputs = new ImageInputs([folder.PathOf(path)], false, TextReader.Null);
        Assert.Contains(message, Assert.ThrowsExactly<CommandException>(inputs.Validate).Message);
    }

    [TestMethod]
    public void Shards_take_every_input_exactly_once_wherever_the_folder_is_mounted()
    {
        ImageInput[] inputs = [.. Enumerable.Range(0, 1000).Select(i => new ImageInput(i, $"/mnt/{i}.jpg", $"{i}.jpg", null))];
        Shard[] shards = [.. Enumerable.Range(1, 7).Select(number => new Shard(number, 7))];
        foreach (ImageInput input in inputs)
        {
            Shard own = shards.Single(shard => shard.Contains(input));
            Assert.IsTrue(own.Contains(input with { Path = $"/elsewhere/{input.Key}" }));
        }

        Assert.IsTrue(shards.All(shard => inputs.Count(input => shard.Contains(input)) is > 100 and < 190));
        // The hash is a promise: shards that ran with an earlier version must still fit.
        RequireEqual(inputs.Take(3).Select(input => shards.Single(shard => shard.Contains(input)).Number), 6, 5, 1);
    }

    [TestMethod]
    [DataRow("0/4")]
    [DataRow("5/4")]
    [DataRow("1/0")]
    [DataRow("1")]
    [DataRow("a/b")]
    [DataRow("-1/4")]
    public void A_shard_that_is_none_is_refused(string text) =>
        Assert.Contains("--shard", Assert.ThrowsExactly<CommandException>(() => Shard.Parse(text)).Message);

    private static void RequireEqual<T>(IEnumerable<T> actual, params T[] expected) =>
        CollectionAssert.AreEqual(expected, actual.ToArray());

    private static void Touch(TemporaryFolder folder, params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.PathOf(name))!);
            File.WriteAllText(folder.PathOf(name), "");
        }
    }

    private static string[] Keys(params string[] arguments) => Keys(false, arguments);

    private static string[] Keys(bool recursive, params string[] arguments) =>
        [.. new ImageInputs(arguments, recursive, TextReader.Null).Enumerate().Select(input => input.Key)];

    private static string[] Paths(params string[] arguments) =>
        [.. new ImageInputs(arguments, false, TextReader.Null).Enumerate().Select(input => input.Path)];
}
