namespace MlNetMobileViT.Conversion;

/// <summary>
/// Models that are made on first use: <c>MobileViTModel.LoadOfficialAsync</c> and <c>MobileViTModel.LoadCheckpointAsync</c>, with
/// <c>using MlNetMobileViT.Conversion;</c>.
/// </summary>
public static class MobileViTModelExtensions
{
    extension(MobileViTModel)
    {
        /// <summary>
        /// Loads Apple's trained MobileViT for the 1000 classes of ImageNet-1k. On the first use the weights are downloaded (5 to
        /// 23 MB) and converted, which takes seconds; later the model comes from the cache.
        /// </summary>
        /// <remarks>
        /// <para>
        /// The weights come under Apple's own license: https://github.com/apple/ml-cvnets/blob/main/LICENSE. By downloading them you
        /// are the one who has to keep it. <see cref="ModelMetadata.License"/> of the model has this line too.
        /// </para>
        /// <para>
        /// A download that was stopped goes on where it was. Calls at once, in one process or several, download and convert once. A
        /// file of the cache that was damaged is made again. Without a network, put the file by hand where the message of the
        /// exception says. The caller disposes the model; one serves a whole application.
        /// </para>
        /// </remarks>
        /// <param name="name">
        /// <c>xxs</c>, <c>xs</c> or <c>s</c>: 1.3, 2.3 and 5.6 million parameters, top-1 accuracies of 69.0, 74.7 and 78.3 %; or MobileViTv2
        /// by its width, <c>v2-0.5</c> to <c>v2-2.0</c> in steps of 0.25: 1.4 to 18.4 million parameters, 70.2 to 81.2 %, and with
        /// <c>-384</c> behind it for pictures of 384 pixels. From <c>v2-1.5</c> on there are also weights that were trained on ImageNet-21k
        /// first, <c>-21k</c> and <c>-21k-384</c>.
        /// </param>
        /// <param name="progress">Told how far the download is, in bytes; not told anything where the cache has the weights.</param>
        /// <param name="cancellationToken">
        /// Stops the download. What has arrived is kept, and the next call goes on from there. A conversion that has begun is finished
        /// first.
        /// </param>
        /// <returns>The model, for pictures that become float32 of [N, 3, 256, 256], or of 384 pixels.</returns>
        /// <exception cref="ArgumentException">There are no weights of this name; the message lists the names.</exception>
        /// <exception cref="HttpRequestException">The download failed; the message says where to put the file by hand.</exception>
        /// <exception cref="InvalidDataException">
        /// What was downloaded is not the weights of this name, or not the file whose checksum was recorded before.
        /// </exception>
        /// <exception cref="IOException">The cache folder cannot be written; the message says how to name another.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        /// <exception cref="DllNotFoundException">
        /// ONNX Runtime's native library is missing: the application has to reference <c>Microsoft.ML.OnnxRuntime</c> or
        /// <c>Microsoft.ML.OnnxRuntime.Gpu</c>.
        /// </exception>
        /// <example>
        /// <code source="UnitTests/Conversion/Samples/FirstModelSamples.cs" region="LoadOfficial"><![CDATA[
        /// // Downloaded and converted on first use, later taken from the cache. The weights are under Apple's own license.
        /// using MobileViTModel model = await MobileViTModel.LoadOfficialAsync("xxs");
        ///
        /// foreach (ClassPrediction prediction in model.Classify(photo))
        /// {
        ///     Console.WriteLine($"{prediction.Label}: {prediction.Probability:P1}");
        /// }
        /// ]]></code>
        /// </example>
        public static Task<MobileViTModel> LoadOfficialAsync(
            string name, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
            MobileViTModel.LoadOfficialAsync(name, new MobileViTLoadOptions(), progress, cancellationToken);

        /// <summary>
        /// Loads Apple's trained MobileViT for the 1000 classes of ImageNet-1k, with a cache folder, a mirror, a device or messages of
        /// your own. The other overload says what is downloaded and under which license.
        /// </summary>
        /// <param name="name">A name of the weights, as of the other overload.</param>
        /// <param name="options">Where weights come from, where they are kept, and how the model runs.</param>
        /// <param name="progress">Told how far the download is, in bytes; not told anything where the cache has the weights.</param>
        /// <param name="cancellationToken">Stops the download. What has arrived is kept, and the next call goes on from there.</param>
        /// <returns>The model, for pictures that become float32 of [N, 3, 256, 256], or of 384 pixels.</returns>
        /// <exception cref="ArgumentException">There are no weights of this name, or an option is out of range.</exception>
        /// <exception cref="FileNotFoundException">The cache does not have the weights, and the options forbid the network.</exception>
        /// <exception cref="HttpRequestException">The download failed; the message says where to put the file by hand.</exception>
        /// <exception cref="InvalidDataException">
        /// What was downloaded is not the weights of this name, or not the file whose checksum was recorded before.
        /// </exception>
        /// <exception cref="IOException">The cache folder cannot be written; the message says how to name another.</exception>
        /// <exception cref="InvalidOperationException">The GPU cannot be used; the message says what it takes.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        /// <exception cref="DllNotFoundException">ONNX Runtime's native library is missing.</exception>
        /// <example>
        /// <code source="UnitTests/Conversion/Samples/FirstModelSamples.cs" region="LoadOfficialWithOptions"><![CDATA[
        /// var options = new MobileViTLoadOptions { CacheFolder = cacheFolder, Mirror = mirror, Notify = Console.WriteLine };
        /// var progress = new Progress<DownloadProgress>(
        ///     download => Console.WriteLine($"{download.BytesReceived:N0} of {download.TotalBytes:N0} bytes"));
        ///
        /// using MobileViTModel model = await MobileViTModel.LoadOfficialAsync("xxs", options, progress, cancellationToken);
        /// ]]></code>
        /// </example>
        public static async Task<MobileViTModel> LoadOfficialAsync(
            string name,
            MobileViTLoadOptions options,
            IProgress<DownloadProgress>? progress = null,
            CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(options);
            return await FirstUse.OpenOfficialAsync(
                name, options, path => MobileViTModel.Load(path, options.Model), progress, cancellationToken).ConfigureAwait(false);
        }

        /// <summary>
        /// Loads a model of your own from its checkpoint. On the first use it is converted into the cache, which takes seconds; later
        /// the same checkpoint with the same options comes from there.
        /// </summary>
        /// <remarks>
        /// What the conversion notes, such as an input size that was assumed, is told to <see cref="MobileViTLoadOptions.Notify"/> when
        /// it converts. <see cref="MobileViTConverter.Convert"/> makes a file to keep instead, and gives the notes as a report.
        /// </remarks>
        /// <param name="path">A checkpoint file or folder, as <see cref="MobileViTConverter.Convert"/> takes it.</param>
        /// <param name="conversion">
        /// How to convert it; null for the defaults. A network of your own needs the size that it was trained with:
        /// <see cref="ConversionOptions.Height"/> and <see cref="ConversionOptions.Width"/>.
        /// </param>
        /// <param name="options">Where the converted model is kept, and how it runs; null for the defaults.</param>
        /// <param name="cancellationToken">Stops the waiting for another caller. A conversion that has begun is finished first.</param>
        /// <returns>The model, for pictures that become float32 of [N, 3, height, width].</returns>
        /// <exception cref="ArgumentException">An option is out of range, or the labels are not as many as the classes.</exception>
        /// <exception cref="FileNotFoundException">There is no checkpoint of this name.</exception>
        /// <exception cref="InvalidDataException">
        /// The checkpoint is damaged, or is not a MobileViT that fits the options; or the JSON files beside it ask for what is not done
        /// here.
        /// </exception>
        /// <exception cref="IOException">The cache folder cannot be written; the message says how to name another.</exception>
        /// <exception cref="InvalidOperationException">The GPU cannot be used; the message says what it takes.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        /// <exception cref="DllNotFoundException">ONNX Runtime's native library is missing.</exception>
        /// <example>
        /// <code source="UnitTests/Conversion/Samples/FirstModelSamples.cs" region="LoadCheckpoint"><![CDATA[
        /// // What it was trained with: tensors show neither the size of the input nor the names of the classes.
        /// var conversion = new ConversionOptions { Height = 128, Width = 128, Labels = File.ReadAllLines(labelFile) };
        ///
        /// using MobileViTModel model = await MobileViTModel.LoadCheckpointAsync(checkpoint, conversion);
        /// Console.WriteLine(model.Classify(photo)[0].Label);
        /// ]]></code>
        /// </example>
        public static async Task<MobileViTModel> LoadCheckpointAsync(
            string path,
            ConversionOptions? conversion = null,
            MobileViTLoadOptions? options = null,
            CancellationToken cancellationToken = default)
        {
            options ??= new MobileViTLoadOptions();
            return await FirstUse.OpenCheckpointAsync(
                path, conversion, options, file => MobileViTModel.Load(file, options.Model), cancellationToken).ConfigureAwait(false);
        }
    }
}
