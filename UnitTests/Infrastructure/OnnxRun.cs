using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Runs a graph in ONNX Runtime, without anything of ours between.</summary>
internal sealed class OnnxRun : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxRun(ModelProto model)
        : this(model.ToByteArray())
    {
    }

    public OnnxRun(byte[] model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        _session = new InferenceSession(model, options);
    }

    /// <summary>Runs one picture <c>[3, H, W]</c> and returns every output by name.</summary>
    public IReadOnlyDictionary<string, float[]> Run(ReadOnlySpan<float> pixels, int height, int width) =>
        RunBatch(pixels, 1, height, width);

    /// <summary>Runs <paramref name="count"/> pictures and returns every output by name.</summary>
    public IReadOnlyDictionary<string, float[]> RunBatch(ReadOnlySpan<float> pixels, int count, int height, int width)
    {
        var tensor = new DenseTensor<float>(pixels.ToArray(), [count, 3, height, width]);
        using var results = _session.Run([NamedOnnxValue.CreateFromTensor(_session.InputNames[0], tensor)]);
        return results.ToDictionary(static result => result.Name, static result => result.AsTensor<float>().ToArray());
    }

    public void Dispose() => _session.Dispose();
}
