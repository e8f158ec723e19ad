using System.Buffers;
using BenchmarkDotNet.Attributes;
using SkiaSharp;

namespace MlNetMobileViT.Benchmarks;

/// <summary>
/// The steps from an encoded image to a model's input, each alone on one thread: a 500×375 photo-like JPEG, the size of most
/// ImageNet photos, to a 256×256 crop.
/// </summary>
[MemoryDiagnoser]
public class ResamplerBenchmarks
{
    private const int Width = 500;
    private const int Height = 375;

    private byte[] _jpeg = [];
    private byte[] _rgba = [];
    private byte[] _crop = [];
    private byte[] _rgb = [];
    private float[] _planes = [];
    private ImagePreprocessor _preprocessor = null!;
    private PixelNormalizer _normalizer = null!;
    private CropPlan _plan;

    /// <summary>The preset.</summary>
    [ParamsSource(nameof(Presets))]
    public string Preset { get; set; } = PreprocessingPresets.Cvnets;

    /// <summary>All presets.</summary>
    public static IEnumerable<string> Presets => PreprocessingPresets.Names;

    /// <summary>Draws the picture.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var settings = PreprocessingPresets.Get(Preset);
        _preprocessor = new ImagePreprocessor(settings);
        _normalizer = new PixelNormalizer(settings);
        _plan = CropPlan.Create(settings, Width, Height);
        _rgba = Draw();
        _jpeg = EncodeJpeg(_rgba);
        _crop = new byte[settings.Width * settings.Height * PixelBuffer.BytesPerPixel];
        _planes = new float[_preprocessor.Length];
        _rgb = new byte[_preprocessor.Length];
    }

    /// <summary>Resampling alone, with the kernel that the library picks.</summary>
    [Benchmark(Baseline = true)]
    public void Resample()
    {
        using PixelBuffer image = Load();
        Resampler.Resample(image, ImageOrientation.Upright, _plan, _preprocessor.Settings.Interpolation, _crop);
    }

    /// <summary>Resampling alone, with the portable kernel.</summary>
    [Benchmark]
    public void ResampleVector128() => Resample<Vector128ResamplingKernel>();

    /// <summary>Resampling alone, without vector instructions.</summary>
    [Benchmark]
    public void ResampleScalar() => Resample<ScalarResamplingKernel>();

    /// <summary>The copy of the picture that the resampling methods above include.</summary>
    [Benchmark]
    public void Copy()
    {
        using PixelBuffer image = Load();
    }

    /// <summary>Crop to planes of floats.</summary>
    [Benchmark]
    public void Normalize() => _normalizer.Normalize(_crop, _planes);

    /// <summary>JPEG to crop.</summary>
    [Benchmark]
    public void Crop() => _preprocessor.Crop(_jpeg, _rgb);

    /// <summary>JPEG to planes of floats.</summary>
    [Benchmark]
    public void Preprocess() => _preprocessor.Preprocess(_jpeg, _planes);

    private void Resample<TKernel>()
        where TKernel : struct, IResamplingKernel
    {
        using PixelBuffer image = Load();
        Resampler.Resample<TKernel>(
            image, ImageOrientation.Upright, _plan, _preprocessor.Settings.Interpolation, _crop);
    }

    private PixelBuffer Load()
    {
        var image = new PixelBuffer(ArrayPool<byte>.Shared, Width, Height);
        _rgba.CopyTo(image.Bytes);
        return image;
    }

    private static byte[] Draw()
    {
        var random = new Random(1);
        byte[] rgba = new byte[Width * Height * PixelBuffer.BytesPerPixel];
        for (int i = 0; i < rgba.Length; i++)
        {
            int x = i / 4 % Width, y = i / 4 / Width, channel = i % 4;
            double wave = Math.Sin((x / (17.0 + channel)) + (y / 29.0)) + Math.Cos((x - y) / (41.0 - channel));
            rgba[i] = channel == 3 ? (byte)255 : (byte)(128 + (wave * 50) + random.Next(-12, 13));
        }

        return rgba;
    }

    private static unsafe byte[] EncodeJpeg(byte[] rgba)
    {
        fixed (byte* pixels = rgba)
        {
            var info = new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var pixmap = new SKPixmap(info, (nint)pixels);
            using SKData data = pixmap.Encode(SKEncodedImageFormat.Jpeg, 90);
            return data.ToArray();
        }
    }
}
