namespace MlNetMobileViT.Tool;

/// <summary>Words of a command line that a person may copy into a shell.</summary>
internal static class ShellWord
{
    private const string Plain = "-_./\\:=,+@";

    /// <summary>An argument as a shell takes it: in quotes where it needs them.</summary>
    public static string Of(string argument)
    {
        if (argument.Length > 0 && argument.All(static character => char.IsLetterOrDigit(character) || Plain.Contains(character, StringComparison.Ordinal)))
        {
            return argument;
        }

        return OperatingSystem.IsWindows() ? $"\"{argument}\"" : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
