namespace MlNetMobileViT.Conversion;

/// <summary>The model that is quantized: its file, and its graph as the 8-bit passes want it.</summary>
/// <param name="File">The file as it is.</param>
/// <param name="Graph">Weights of 32 bits, attention in one operator, layer norms without a mean; not to be changed.</param>
internal sealed record FloatModel(OnnxModelFile File, GraphProto Graph)
{
    public string Path => File.FilePath;

    /// <summary>Reads a model to quantize.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not one of this converter, already in 8 bits, or of a fixed batch.</exception>
    public static FloatModel Read(string path)
    {
        OnnxModelFile file = ReadFile(path);
        if (file.Metadata.Quantization is { } quantization)
        {
            throw new InvalidDataException(
                $"'{path}' is in 8 bits already (level {quantization.Level}); quantize the float model that it was made of.");
        }

        var graph = new OnnxGraph(file.Model.Graph);
        foreach (IGraphPass pass in (IGraphPass[])[new WidenedWeights(), new FusedAttention(), new CenteredStreams()])
        {
            pass.Apply(graph);
        }

        return new FloatModel(file, graph.Proto);
    }

    /// <summary>Reads a model that takes one picture at a time.</summary>
    public static OnnxModelFile ReadFile(string path)
    {
        OnnxModelFile file = OnnxModelFile.Read(path);
        return file.Model.Graph.Input is [{ Type.TensorType.Shape.Dim: [{ DimValue: > 1 } batch, ..] }, ..]
            ? throw new InvalidDataException(FormattableString.Invariant(
                $"'{path}' takes batches of {batch.DimValue} pictures only; convert the checkpoint without a fixed batch size."))
            : file;
    }

    /// <summary>Opens a model made of this one.</summary>
    public PictureSession Open(byte[] model) => new(model, Path, File.Metadata.Preprocessing);

    /// <summary>Layers of it in 8 bits.</summary>
    public OnnxGraph Quantized(EightBitPlan plan)
    {
        var graph = new OnnxGraph(Graph);
        foreach (IGraphPass pass in (IGraphPass[])[new EightBitGraph(plan), new UnusedNodes(), new SlotNames(File.Metadata.Labels)])
        {
            pass.Apply(graph);
        }

        return graph;
    }
}
