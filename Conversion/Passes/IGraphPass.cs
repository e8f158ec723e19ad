namespace MlNetMobileViT.Conversion;

/// <summary>
/// A step from the plain graph that the network writes to the one in the file. Passes find what they change by operators and
/// connections, never by names.
/// </summary>
internal interface IGraphPass
{
    /// <summary>Changes a graph in place.</summary>
    void Apply(OnnxGraph graph);
}
