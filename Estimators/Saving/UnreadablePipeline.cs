using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT;

/// <summary>
/// What a saved pipeline that cannot be loaded throws. ML.NET's own loader throws whatever it stumbles over, by reflection or
/// not; to a caller it is all the same, an <see cref="InvalidDataException"/>, unless the fault is not the file's.
/// </summary>
internal static class UnreadablePipeline
{
    // What .NET gives an IOException that no system call failed for: a seek to before the beginning, say.
    private const int NoSystemError = unchecked((int)0x80131620);

    /// <summary>The exception for the caller.</summary>
    /// <param name="source">What was loaded: a path, or a description of the stream.</param>
    /// <param name="exception">What was thrown.</param>
    public static Exception Error(string source, Exception exception)
    {
        // The innermost says what is wrong, unless one on the way has said it in this library's words.
        Exception cause = exception;
        while (!IsOfTheMachine(cause) && cause is not InvalidDataException && cause.InnerException is not null)
        {
            cause = cause.InnerException;
        }

        return IsOfTheMachine(cause) ? cause : new InvalidDataException(
            WhatIsNotRegistered(cause) is { } missing
                ? $"'{source}' cannot be loaded: it needs {missing} with mlContext.ComponentCatalog.RegisterAssembly before loading."
                : $"'{source}' is not a pipeline that can be loaded: {OneLine(cause.Message).TrimEnd(' ', '.')}. It is damaged, cut off or "
                    + "something else; copy it again, or save it again.",
            exception);
    }

    /// <summary>What ONNX Runtime threw of a GPU; null where the fault is another.</summary>
    public static Exception? FaultOfGpu(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            // The library for the CPU has no such function, and that for GPUs names what it misses.
            if (cause is EntryPointNotFoundException or OnnxRuntimeException
                && cause.Message.Contains("CUDA", StringComparison.OrdinalIgnoreCase))
            {
                return cause;
            }
        }

        return null;
    }

    /// <summary>Whether ONNX Runtime took a model for one of its own format, ORT, and the next try will do.</summary>
    /// <remarks>
    /// ML.NET writes a model into a temporary file with a random name and extension (OnnxModel.CreateFromBytes), and ONNX Runtime reads
    /// a file that ends in .ort in that format. Of 32,768 names one does.
    /// </remarks>
    public static bool IsTakenForOrtFormat(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OnnxRuntimeException && cause.Message.Contains("ORT model verification failed", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The exception where ML.NET could not use the GPU of its context.</summary>
    public static InvalidOperationException GpuError(string source, int device, Exception fault) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"'{source}' cannot be loaded on the CUDA device {device} of the MLContext ({OneLine(fault.Message)}): the application needs the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime, and the machine that device with CUDA and cuDNN; or set MLContext.GpuDeviceId to null."),
        fault);

    /// <summary>What the program that loads has not brought along, and what to do up to the call; null for any other fault.</summary>
    private static string? WhatIsNotRegistered(Exception cause)
    {
        // ML.NET has no type or number of its own for this, and no translations.
        const string NoContract = "Unable to locate an extension for the contract '";
        if (cause.Message.StartsWith(NoContract, StringComparison.Ordinal))
        {
            string contract = cause.Message[NoContract.Length..].Split('\'')[0];
            return $"the custom mapping '{OneLine(contract)}', which no registered assembly has; register the assembly of its class";
        }

        // A name of an assembly has a version, and that of a file on the disk has not.
        string? file = cause switch
        {
            FileNotFoundException missing => missing.FileName,
            FileLoadException unloadable => unloadable.FileName,
            _ => null,
        };
        return file?.IndexOf(", Version=", StringComparison.Ordinal) is { } end and > 0
            ? $"the assembly '{OneLine(file[..end])}', which this program cannot find; put it beside the program and register it"
            : null;
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>
    /// A disk that is full or fails, a file that may not be read or written, a native library that is not there, no memory.
    /// </summary>
    private static bool IsOfTheMachine(Exception exception) => exception switch
    {
        EndOfStreamException or FileNotFoundException or FileLoadException => false,
        IOException => exception.HResult != NoSystemError,
        _ => exception is UnauthorizedAccessException or DllNotFoundException or OutOfMemoryException,
    };
}
