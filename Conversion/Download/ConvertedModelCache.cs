using System.Security.Cryptography;
using System.Text.Json;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Converted models beside the checkpoints that they come from. A file's name tells all that its bytes depend on: the SHA-256
/// of the checkpoint, the options, and <see cref="MobileViTConverter.GraphRevision"/>.
/// </summary>
internal static class ConvertedModelCache
{
    // 64 bits: the keys are those of a handful of files.
    private const int KeyLength = 16;

    /// <summary>Gives the path of the converted model, converting where it is not there yet.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="options">How to convert.</param>
    /// <param name="converting">Called before a conversion.</param>
    /// <param name="again">Whether to convert anew, because the file that is there turned out to be damaged.</param>
    /// <param name="cancellationToken">Stops the reading of the checkpoint.</param>
    /// <exception cref="IOException">The folder cannot be written; the message says which variable names another.</exception>
    public static async Task<string> GetAsync(
        string checkpoint, ConversionOptions options, Action converting, bool again, CancellationToken cancellationToken)
    {
        string sha256 = await OfficialWeights.Sha256Async(checkpoint, cancellationToken).ConfigureAwait(false);
        string model = Path.ChangeExtension(checkpoint, $".{Key(sha256, options)}.onnx");
        if (again || !File.Exists(model))
        {
            converting();
            try
            {
                MobileViTConverter.Convert(checkpoint, model, options);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new IOException(
                    $"{exception.Message} Set {WeightsCache.EnvironmentVariable} to a folder that can be written.", exception);
            }
        }

        return model;
    }

    /// <summary>What a converted file's bytes depend on, as short hexadecimal text.</summary>
    public static string Key(string checkpointSha256, ConversionOptions options) => Convert.ToHexStringLower(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
            new { checkpointSha256, options, MobileViTConverter.GraphRevision, OnnxModel.ProducerVersion })))[..KeyLength];
}
