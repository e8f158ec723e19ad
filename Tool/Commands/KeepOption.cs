using System.CommandLine;
using System.Globalization;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.Tool;

/// <summary>The option that says how many labels 8 bits must keep.</summary>
internal sealed class KeepOption
{
    private readonly ValueOption<string?> _keep;

    /// <param name="command">The command that gets the option.</param>
    /// <param name="use">What it decides there.</param>
    public KeepOption(Command command, string use)
    {
        _keep = new ValueOption<string?>(
            "--keep", "SHARE", Invariant($"{use} Such as 0.995 or 99.5%. Default: {new QuantizationOptions().Keep}."));
        command.Add(_keep);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_keep) is not null;

    /// <summary>The share, above 0 and up to 1.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public double Read(ParseResult parsed)
    {
        if (parsed.GetValue(_keep) is not { } text)
        {
            return new QuantizationOptions().Keep;
        }

        bool isPercent = text.EndsWith('%');
        return double.TryParse(text.TrimEnd('%').TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && (isPercent ? number / 100 : number) is > 0 and <= 1 and var share
            ? share
            : throw new CommandException($"--keep {text}: give a share above 0 and up to 1, such as 0.99, or 99%.");
    }
}
