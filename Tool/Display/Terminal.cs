using Spectre.Console;

namespace MlNetMobileViT.Tool;

/// <summary>Where a command reads from and writes to; tests give it writers of their own.</summary>
/// <param name="input">Standard input.</param>
/// <param name="output">Results and tables.</param>
/// <param name="error">Errors, warnings and notes.</param>
/// <param name="isInteractive">Whether <paramref name="output"/> is a screen, with colours and a progress bar.</param>
/// <param name="isErrorInteractive">Whether <paramref name="error"/> is that screen too.</param>
/// <param name="time">The clock; null for the system's.</param>
internal sealed class Terminal(
    TextReader input,
    TextWriter output,
    TextWriter error,
    bool isInteractive = false,
    bool isErrorInteractive = false,
    TimeProvider? time = null)
{
    // What a table without a screen is made for: a file, a pager, a log.
    private const int UnlimitedWidth = 4096;

    public TextReader Input { get; } = input;

    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    public bool IsInteractive { get; } = isInteractive;

    public bool IsErrorInteractive { get; } = isErrorInteractive;

    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>The console of the process.</summary>
    public static Terminal OfProcess()
    {
        Utf8Console.Use();
        bool isInteractive = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        return new Terminal(
            Utf8Console.OpenInput(), Console.Out, Console.Error, isInteractive, isInteractive && !Console.IsErrorRedirected);
    }

    /// <summary>The screen to draw on: the process's where it is interactive, plain text elsewhere.</summary>
    public IAnsiConsole Screen { get; } = isInteractive
        ? AnsiConsole.Console
        : AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });

    /// <summary>The number of columns that fit beside each other.</summary>
    public int Width => IsInteractive ? Math.Max(Screen.Profile.Width, 20) : UnlimitedWidth;

    /// <summary>Writes a line of results, in a style where there are colours.</summary>
    public void WriteLine(string line = "", Style? style = null)
    {
        if (IsInteractive)
        {
            // One write: the progress bar below is drawn anew after each.
            Screen.Write(new Text(line + "\n", style));
        }
        else
        {
            Output.WriteLine(line);
        }
    }

    /// <summary>Writes a table as plain text, for people and programs alike.</summary>
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

    /// <summary>Says something that is not a result and not an error.</summary>
    public void Note(string text)
    {
        if (IsErrorInteractive)
        {
            // A progress bar makes room only for what goes through the screen.
            WriteLine($"note: {text}");
        }
        else
        {
            Error.WriteLine($"note: {text}");
        }
    }
}
