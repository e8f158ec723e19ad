namespace MlNetMobileViT.Conversion;

/// <summary>What a person reads of an exception.</summary>
internal static class ErrorText
{
    /// <summary>One line: the message, without the parameter name that .NET appends, and with the type where it is unexpected.</summary>
    public static string Of(Exception exception)
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
