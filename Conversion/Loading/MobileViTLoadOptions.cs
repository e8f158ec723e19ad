namespace MlNetMobileViT.Conversion;

/// <summary>
/// Where <c>MobileViTModel.LoadOfficialAsync</c> and <c>LoadCheckpointAsync</c> keep what they make, where the weights come from, and
/// how the model runs.
/// </summary>
public sealed record MobileViTLoadOptions
{
    /// <summary>
    /// The folder that downloaded weights and converted models are kept in; it is made where it is missing. Default: null, which is
    /// the value of the environment variable <c>MOBILEVIT_CACHE</c>, or else <c>mobilevit</c> below the user's cache folder:
    /// <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c> (Linux), <c>%LOCALAPPDATA%</c> (Windows), <c>~/Library/Caches</c> (macOS).
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Whether to take official weights from the cache only and never from the network. Default: false.</summary>
    public bool Offline { get; init; }

    /// <summary>
    /// The address of another folder that holds the official files, beginning with <c>https://</c> or <c>http://</c>. Default: null,
    /// which is where they are published. Files are checked as the weights of their name, and later ones against the checksum of the
    /// first.
    /// </summary>
    public Uri? Mirror { get; init; }

    /// <summary>How the model runs: threads, device. Default: null, for the defaults of <see cref="MobileViTModelOptions"/>.</summary>
    public MobileViTModelOptions? Model { get; init; }

    /// <summary>
    /// Called with a sentence for people when something is done that takes long or that they should know: a download begins, the
    /// license of the weights, what a conversion notes (<see cref="ConversionReport.Notes"/>), another process is waited for, a
    /// damaged file of the cache is made again. It is called on any thread, and not at all where the cache has the model. Default:
    /// null, which tells nobody.
    /// </summary>
    public Action<string>? Notify { get; init; }

    /// <summary>Checks that the values are possible.</summary>
    /// <exception cref="ArgumentException">A value is not; the message says which and what it may be.</exception>
    public void Validate()
    {
        if (CacheFolder is "")
        {
            throw new ArgumentException("The cache folder is empty; name a folder, or leave it null for the user's.");
        }

        if (Mirror is not null && !(Mirror.IsAbsoluteUri && Mirror.Scheme is "https" or "http"))
        {
            throw new ArgumentException($"The mirror '{Mirror}' is not an address that begins with https:// or http://.");
        }

        Model?.Validate();
    }
}
