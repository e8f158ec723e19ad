using System.CommandLine;

namespace MlNetMobileViT.Conversion;

/// <summary>The command line of the converter: <c>convert</c>, <c>inspect</c> and <c>verify</c>.</summary>
internal static class ConverterCommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CommandHost host, CancellationToken cancellationToken = default)
    {
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Show the stack trace of an error.",
            Recursive = true,
        };
        var root = new RootCommand("Converts MobileViT checkpoints (CVNets, timm, Hugging Face) into self-describing ONNX files.")
        {
            verbose,
            new ConvertCommand(host),
            new InspectCommand(host),
            new VerifyCommand(host),
        };

        ParseResult parsed = Arguments.Parse(root, args);
        if (Arguments.Problem(parsed) is { } problem)
        {
            host.Error.WriteLine($"error: {problem}");
            host.Error.WriteLine("Add --help for the usage.");
            return ExitCodes.Error;
        }

        using var stopping = new StopSignals(SayStopped, ExitCodes.Interrupted, cancellationToken);
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = host.Output,
                    Error = host.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                stopping.Token);
        }
        catch (OperationCanceledException)
        {
            SayStopped();
            return ExitCodes.Interrupted;
        }
        catch (Exception exception)
        {
            host.Error.WriteLine($"error: {Describe(exception)}");
            if (parsed.GetValue(verbose))
            {
                host.Error.WriteLine(exception);
            }

            return ExitCodes.Error;
        }

        void SayStopped() => host.Error.WriteLine("error: Stopped. A download that was underway goes on from here next time.");
    }

    /// <summary>
    /// What a person reads of an exception, in one line: the message, without the parameter name that .NET appends, and with the
    /// type where it is unexpected.
    /// </summary>
    private static string Describe(Exception exception)
    {
        string message = exception.Message;
        if (exception is ArgumentException { ParamName: { } parameter })
        {
            message = message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal);
        }

        message = string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return exception is ArgumentException or FormatException or IOException or InvalidDataException
            or UnauthorizedAccessException or HttpRequestException
            ? message
            : $"{exception.GetType().Name}: {message} (--verbose shows where.)";
    }
}
