using BenchmarkDotNet.Attributes;

namespace MlNetMobileViT.Benchmarks;

/// <summary>
/// What one picture of the demo model costs on one thread, and what it allocates: decoding and preprocessing, the model, and
/// the two together.
/// </summary>
[MemoryDiagnoser]
public class ScorerBenchmarks : IDisposable
{
    private readonly MobileViTModel _model;
    private readonly ImagePreprocessor _preprocessor;
    private readonly ModelBatch _batch;
    private readonly byte[] _photo;

    public ScorerBenchmarks()
    {
        string demo = Path.Combine(AppContext.BaseDirectory, "Demo");
        _model = MobileViTModel.Load(Path.Combine(demo, "mobilevit_xxs_shapes.onnx"));
        _preprocessor = new ImagePreprocessor(_model.Preprocessing);
        _batch = new ModelBatch(_model.Session, [_model.GetOutput(ModelOutputs.Logits)], size: 1);
        _photo = File.ReadAllBytes(Path.Combine(demo, "samples", "red_ring.jpg"));
    }

    [Benchmark]
    public void Preprocess() => _preprocessor.Preprocess(_photo, _batch.Pixels(0));

    [Benchmark]
    public void Run() => _batch.Run(1);

    [Benchmark]
    public void Both()
    {
        Preprocess();
        Run();
    }

    public void Dispose()
    {
        _batch.Dispose();
        _model.Dispose();
        GC.SuppressFinalize(this);
    }
}
