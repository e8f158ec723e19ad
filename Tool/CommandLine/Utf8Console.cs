using System.Text;

namespace MlNetMobileViT.Tool;

/// <summary>
/// The console of this process in UTF-8, whatever code page a Windows console has, or a system's language says: names of files
/// and labels are in any script.
/// </summary>
internal static class Utf8Console
{
    /// <summary>Makes the console write UTF-8.</summary>
    public static void Use()
    {
        try
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }
        catch (IOException)
        {
            // There is no console, and what is redirected is in UTF-8 anyway.
        }
    }

    /// <summary>
    /// Standard input, in UTF-8 as file systems have names; or in what its byte order mark says, as PowerShell writes lists.
    /// </summary>
    public static TextReader OpenInput() =>
        new StreamReader(Console.OpenStandardInput(), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
}
