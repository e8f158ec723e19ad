using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.WebService;

/// <summary>What can be configured: on the command line (<c>--Model s</c>) or by environment variables (<c>Model=s</c>).</summary>
internal sealed record ServiceOptions
{
    /// <summary>
    /// <c>demo</c>, the model that comes along; <c>xxs</c>, <c>xs</c> or <c>s</c>, Apple's weights under Apple's license, downloaded
    /// on the first start; or the path of an <c>.onnx</c> file that <c>mobilevit convert</c> wrote.
    /// </summary>
    public string Model { get; init; } = "demo";

    /// <summary>The most bytes that the body of a request may have.</summary>
    public int MaxUploadBytes { get; init; } = 20 << 20;

    /// <summary>The most pictures of one form.</summary>
    public int MaxFiles { get; init; } = 16;

    /// <summary>The most pixels that a picture may declare. More are refused before memory is taken for them.</summary>
    public long MaxPixels { get; init; } = 64_000_000;

    /// <summary>The most uploads that are received and classified at once.</summary>
    public int MaxUploads { get; init; } = 4 * Environment.ProcessorCount;

    /// <summary>The most uploads that wait until they are received; more are refused with 503.</summary>
    public int MaxWaiting { get; init; } = 64;

    /// <summary>The time in seconds that an upload may take, from its first byte to its labels.</summary>
    public int MaxSeconds { get; init; } = 30;

    /// <summary>Loads the model.</summary>
    public async Task<MobileViTModel> LoadModelAsync()
    {
        var options = new MobileViTModelOptions { Decoding = new ImageDecodingOptions { MaxPixels = MaxPixels } };
        return Model switch
        {
            "demo" => MobileViTModel.Load(Path.Combine(AppContext.BaseDirectory, "Demo", "mobilevit_xxs_shapes.onnx"), options),
            "xxs" or "xs" or "s" => await MobileViTModel.LoadOfficialAsync(
                Model, new MobileViTLoadOptions { Model = options, Notify = Console.WriteLine }),
            _ => MobileViTModel.Load(Model, options),
        };
    }
}
