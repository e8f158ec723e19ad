using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// A snippet as a program of its own, compiled as the SDK would compile a Program.cs that holds nothing else, and run in a folder
/// with the packages of the tests beside it.
/// </summary>
internal static class SnippetProgram
{
    // What ImplicitUsings gives a console project, and beyond it a web project.
    private static readonly string[] ConsoleUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
        "System.Threading.Tasks",
    ];

    private static readonly string[] WebUsings =
    [
        "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    private static readonly Lazy<MetadataReference[]> References = new(static () =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>Compiles a snippet; what is wrong with it fails the test.</summary>
    /// <param name="code">The whole program.</param>
    /// <param name="assembly">The file to write.</param>
    public static void Compile(string code, string assembly)
    {
        IEnumerable<string> usings = IsWeb(code) ? ConsoleUsings.Concat(WebUsings) : ConsoleUsings;
        string globals = string.Concat(usings.Select(static name => $"global using {name};\n"));
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(assembly),
            [CSharpSyntaxTree.ParseText(globals), CSharpSyntaxTree.ParseText(code)],
            References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        var result = compilation.Emit(assembly);
        Assert.AreEqual(
            "",
            string.Join('\n', result.Diagnostics.Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)),
            code);
    }

    /// <summary>Whether a snippet is a web service, which runs until it is stopped.</summary>
    public static bool IsWeb(string code) => code.Contains("WebApplication", StringComparison.Ordinal);

    /// <summary>How to start a compiled program in a folder.</summary>
    public static ProcessStartInfo Start(string assembly, string arguments, string workingFolder)
    {
        string bin = AppContext.BaseDirectory;
        return new ProcessStartInfo("dotnet")
        {
            Arguments = $"exec --runtimeconfig \"{bin}UnitTests.runtimeconfig.json\" --depsfile \"{bin}UnitTests.deps.json\" "
                + $"\"{assembly}\" {arguments}",
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
