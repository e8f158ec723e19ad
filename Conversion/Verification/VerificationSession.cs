using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT.Conversion;

/// <summary>A model in ONNX Runtime, fed with the few pictures that <see cref="ModelVerifier"/> compares.</summary>
internal sealed class VerificationSession : IDisposable
{
    /// <summary>The pictures of a full run.</summary>
    public const int Rows = 2;

    /// <summary>The most values of an input that a run is tried with: a gibibyte.</summary>
    public const long MaxInputValues = 1 << 28;

    private readonly InferenceSession _session;
    private readonly ImagePreprocessing _preprocessing;
    private readonly int[]? _shape;

    public VerificationSession(OnnxModelFile file)
    {
        _preprocessing = file.Metadata.Preprocessing;

        // Errors come as exceptions; they need not stand on the error stream as well.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        _session = new InferenceSession(file.Bytes, options);
        if (_session.InputMetadata.TryGetValue(ModelOutputs.Input, out var input) && input.ElementType == typeof(float))
        {
            _shape = input.Dimensions;
        }
    }

    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>What is wrong with the inputs; null for nothing.</summary>
    public string? InputProblem =>
        _session.InputNames.Count == 1 && _shape is [<= ConversionOptions.MaxBatch, 3 or -1, _, _]
            ? null
            : $"the inputs are {string.Join(", ", _session.InputNames)}; expected is '{ModelOutputs.Input}', float32 [N, 3, H, W]";

    /// <summary>The shape of the input, such as <c>[N, 3, 256, 256]</c>.</summary>
    public string InputShape
    {
        get
        {
            string[] symbols = ["N", "3", "H", "W"];
            return $"[{string.Join(", ", Shape.Select((side, axis) => side < 0 ? symbols[axis] : $"{side}"))}]";
        }
    }

    /// <summary>The batch size that the graph is fixed to; null for any.</summary>
    public int? FixedBatch => Shape[0] > 0 ? Shape[0] : null;

    /// <summary>The number of values in the input of a full run.</summary>
    public long InputValues => 3L * (FixedBatch ?? Rows) * _preprocessing.Height * _preprocessing.Width;

    private int[] Shape => _shape ?? throw new InvalidOperationException(InputProblem);

    public bool Accepts(int height, int width) =>
        (Shape[2] < 0 || Shape[2] == height) && (Shape[3] < 0 || Shape[3] == width);

    /// <summary>
    /// Runs pictures <c>[3, H, W]</c> and gives every output by name, with as many rows as pictures. In a graph of another,
    /// fixed batch size the pictures are repeated to fill it, batch after batch.
    /// </summary>
    public Dictionary<string, float[]> Run(IReadOnlyList<float[]> pictures)
    {
        int batch = FixedBatch ?? pictures.Count;
        var rows = Outputs.ToDictionary(name => name, _ => new List<float>());
        for (int start = 0; start < pictures.Count; start += batch)
        {
            int used = Math.Min(batch, pictures.Count - start);
            float[] pixels = [.. Enumerable.Range(0, batch).SelectMany(row => pictures[start + (row % used)])];
            using var input = OrtValue.CreateTensorValueFromMemory(
                pixels, [batch, 3, _preprocessing.Height, _preprocessing.Width]);
            using var runOptions = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            using var outputs = _session.Run(runOptions, [ModelOutputs.Input], [input], Outputs);
            for (int i = 0; i < Outputs.Count; i++)
            {
                var values = outputs[i].GetTensorDataAsSpan<float>();
                rows[Outputs[i]].AddRange(values[..(values.Length / batch * used)]);
            }
        }

        return rows.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    public void Dispose() => _session.Dispose();
}
