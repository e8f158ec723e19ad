using System.Security.Cryptography;
using System.Text.Json;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Models that were converted on first use. A file's name tells all that its bytes depend on: the checkpoint and the JSON files
/// beside it, the options, and <see cref="MobileViTConverter.GraphRevision"/>. An empty <c>.lock</c> beside a file keeps two callers,
/// in one process or several, from converting the same at once.
/// </summary>
internal static class ConvertedModelCache
{
    // 64 bits: the keys are those of a handful of files.
    private const int KeyLength = 16;

    /// <summary>Opens the converted model, converting where it is not there yet or is damaged.</summary>
    /// <param name="checkpoint">The file or folder.</param>
    /// <param name="conversion">How to convert it.</param>
    /// <param name="options">Where converted models are kept, how they run and who is told.</param>
    /// <param name="announcement">What is told before a conversion.</param>
    /// <param name="open">Opens the file; throws <see cref="InvalidDataException"/> where it is damaged.</param>
    /// <param name="cancellationToken">Stops it before and after a conversion, and while another caller converts.</param>
    /// <exception cref="IOException">The folder cannot be written; the message says which variable names another.</exception>
    public static async Task<T> OpenAsync<T>(
        string checkpoint,
        ConversionOptions conversion,
        MobileViTLoadOptions options,
        string announcement,
        Func<string, T> open,
        CancellationToken cancellationToken)
        where T : class
    {
        // Reading and converting keep a processor busy for seconds, which is not for the thread of a window or a request.
        string path = await Task.Run(
            () => Path.Combine(options.CacheFolder ?? WeightsCache.DefaultFolder, FileName(checkpoint, conversion)),
            cancellationToken).ConfigureAwait(false);
        if (await Task.Run(() => TryOpen(path, open), cancellationToken).ConfigureAwait(false) is { } model)
        {
            return model;
        }

        using FileLock held = await WeightsCache.LockAsync(
            path,
            waiting => options.Notify?.Invoke($"Waiting for another process that converts the same checkpoint ('{waiting}')."),
            cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () =>
            {
                // The one that was waited for has converted it, unless it failed.
                if (TryOpen(path, open) is { } converted)
                {
                    return converted;
                }

                Convert(checkpoint, path, conversion, announcement, options.Notify);
                return open(path);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The name of the converted file.</summary>
    public static string FileName(string checkpoint, ConversionOptions conversion)
    {
        string file = CheckpointFolder.Resolve(checkpoint);
        string[] checksums =
        [
            CheckpointFile.Read(file).ComputeSha256(),
            .. AccompanyingConfig.FilesBeside(file).Select(Sha256),
        ];
        byte[] inputs = JsonSerializer.SerializeToUtf8Bytes(new
        {
            name = Path.GetFileName(file),
            checksums,
            isFolder = file != checkpoint,
            conversion,
            MobileViTConverter.GraphRevision,
            OnnxModel.ProducerVersion,
        });
        return $"{Path.GetFileNameWithoutExtension(file)}.{System.Convert.ToHexStringLower(SHA256.HashData(inputs))[..KeyLength]}.onnx";
    }

    /// <summary>The checksum of a JSON file; empty for what the conversion does not open.</summary>
    private static string Sha256(string path)
    {
        if (FileKinds.Of(path) is FileKind.Pipe or FileKind.Socket or FileKind.Device || !File.Exists(path))
        {
            return "";
        }

        using FileStream stream = File.OpenRead(path);
        return System.Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static T? TryOpen<T>(string path, Func<string, T> open)
        where T : class
    {
        try
        {
            return File.Exists(path) ? open(path) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Convert(
        string checkpoint, string path, ConversionOptions conversion, string announcement, Action<string>? notify)
    {
        if (File.Exists(path))
        {
            notify?.Invoke($"'{path}' is damaged, and is converted again.");
        }

        notify?.Invoke(announcement);
        try
        {
            ConversionReport report = MobileViTConverter.Convert(checkpoint, path, conversion);
            foreach (string note in report.Notes)
            {
                notify?.Invoke(note);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{exception.Message} Set {WeightsCache.EnvironmentVariable} (MobileViTLoadOptions.CacheFolder) to a folder that can be "
                + "written.",
                exception);
        }
    }
}
