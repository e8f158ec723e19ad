using Microsoft.ML.OnnxRuntime;

namespace MlNetMobileViT;

/// <summary>The input and output tensors of one run, allocated once and used again. For one thread at a time.</summary>
internal sealed class ModelBatch : IDisposable
{
    private readonly ModelSession _session;
    private readonly ImagePreprocessing _preprocessing;
    private readonly IReadOnlyList<ModelOutput> _outputs;
    private readonly RunOptions _runOptions = new();
    private readonly float[] _pixels;
    private readonly float[][] _values;
    private readonly Binding?[] _bindings;

    public ModelBatch(ModelSession session, IReadOnlyList<ModelOutput> outputs, int size)
    {
        _session = session;
        _preprocessing = session.Description.Metadata.Preprocessing;
        _outputs = outputs;
        _pixels = GC.AllocateUninitializedArray<float>(checked(size * ImageLength), pinned: true);
        _values = [.. outputs.Select(output => GC.AllocateArray<float>(checked(size * output.Length), pinned: true))];
        _bindings = new Binding?[size];
    }

    private int ImageLength => 3 * _preprocessing.Height * _preprocessing.Width;

    /// <summary>Where the pixels of an image go: <c>[3, H, W]</c>.</summary>
    public Span<float> Pixels(int index) => _pixels.AsSpan(index * ImageLength, ImageLength);

    /// <summary>Runs the model on the first images.</summary>
    public void Run(int count)
    {
        // A graph of a fixed batch runs whole; what is in the places after the last image is nobody's.
        count = _session.Description.FixedBatch ?? count;
        Binding binding = _bindings[count - 1] ??= new Binding(this, count);
        _session.Run(_runOptions, binding.Value);
    }

    /// <summary>What the model gave for an image.</summary>
    public ImageOutputs Outputs(int index) => new(_outputs, _values, index);

    public void Dispose()
    {
        foreach (Binding? binding in _bindings)
        {
            binding?.Dispose();
        }

        _runOptions.Dispose();
    }

    /// <summary>The tensors for one number of images, over the same memory as those for the others.</summary>
    private sealed class Binding : IDisposable
    {
        private readonly List<OrtValue> _tensors = [];

        public Binding(ModelBatch batch, int count)
        {
            Value = batch._session.CreateBinding();
            try
            {
                long[] inputShape = [count, 3, batch._preprocessing.Height, batch._preprocessing.Width];
                Value.BindInput(ModelOutputs.Input, Tensor(batch._pixels, count * batch.ImageLength, inputShape));
                for (int i = 0; i < batch._outputs.Count; i++)
                {
                    ModelOutput output = batch._outputs[i];
                    long[] shape = [count, .. output.Shape.Select(static side => (long)side)];
                    Value.BindOutput(output.Name, Tensor(batch._values[i], count * output.Length, shape));
                }
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public OrtIoBinding Value { get; }

        public void Dispose()
        {
            Value.Dispose();
            _tensors.ForEach(static tensor => tensor.Dispose());
        }

        private OrtValue Tensor(float[] memory, int length, long[] shape)
        {
            OrtValue tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory.AsMemory(0, length), shape);
            _tensors.Add(tensor);
            return tensor;
        }
    }
}
