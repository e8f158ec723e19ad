using System.CommandLine;

namespace MlNetMobileViT.Tool;

/// <summary><c>demo FOLDER</c>: a folder of drawn pictures to try the other commands on.</summary>
internal sealed class DemoCommand : ToolCommand
{
    private const int PicturesPerClass = 20;

    public DemoCommand(Terminal terminal)
        : base("demo", "Write drawn pictures that the demo model knows, by class.", "demo photos")
    {
        var folder = new Argument<string>("FOLDER") { Description = "The folder to write: a new one, or one that is empty." };
        Add(folder);
        SetAction((parsed, cancellationToken) => WriteAsync(terminal, parsed.GetRequiredValue(folder), cancellationToken));
    }

    private static async Task<int> WriteAsync(Terminal terminal, string folder, CancellationToken cancellationToken)
    {
        if (File.Exists(folder))
        {
            throw new CommandException($"'{folder}' is a file; name a folder to write.");
        }

        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new CommandException($"The folder '{folder}' is not empty; name a new one.");
        }

        ulong seed = 0;
        long bytes = 0;
        foreach (string color in DemoPicture.Colors)
        {
            foreach (string shape in DemoPicture.Shapes)
            {
                string classFolder = Path.Combine(folder, $"{color} {shape}");
                Directory.CreateDirectory(classFolder);
                for (int i = 1; i <= PicturesPerClass; i++)
                {
                    byte[] picture = DemoPicture.Draw(color, shape, seed++);
                    await File.WriteAllBytesAsync(Path.Combine(classFolder, Invariant($"{i:00}.jpg")), picture, cancellationToken)
                        .ConfigureAwait(false);
                    bytes += picture.Length;
                }
            }
        }

        string quoted = ShellWord.Of(TextCell.Printable(folder));
        terminal.WriteLine(Invariant(
            $"written: {seed} pictures of {DemoPicture.Colors.Length * DemoPicture.Shapes.Length} classes into {TextCell.Printable(folder)} ({bytes / 1e6:0.0} MB)"));
        terminal.WriteLine("next:");
        terminal.WriteLine($"  mobilevit classify {quoted} --recursive");
        terminal.WriteLine($"  mobilevit train {quoted} --output shapes.zip");
        terminal.WriteLine($"  mobilevit evaluate {quoted}");
        return ExitCodes.Success;
    }
}
