using Spectre.Console;

namespace MlNetMobileViT.Conversion;

/// <summary>What a command writes to. Tests give their own writers, so that they can run at once.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Errors.</param>
/// <param name="Terminal">Where progress is drawn; null where nobody watches, because the output is redirected.</param>
internal sealed record CommandHost(TextWriter Output, TextWriter Error, IAnsiConsole? Terminal = null)
{
    // Wide enough that no line of a table is broken where no terminal gives a width.
    private const int UnlimitedWidth = 4096;

    /// <summary>The host of this process: its standard streams.</summary>
    public static CommandHost ForProcess()
    {
        Utf8Console.Use();
        return new CommandHost(Console.Out, Console.Error, Console.IsOutputRedirected ? null : AnsiConsole.Console);
    }

    /// <summary>Writes a table as plain text.</summary>
    public void Write(Table table)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = UnlimitedWidth;
        console.Write(table);
        foreach (string line in text.ToString().Split('\n'))
        {
            Output.WriteLine(line.TrimEnd());
        }
    }
}
