namespace MlNetMobileViT.Conversion;

/// <content>Feature maps to tokens and back.</content>
internal sealed partial class NetworkGraph
{
    // Height and width of [N, C, H, W].
    private static readonly long[] SpatialAxes = [2, 3];

    /// <summary>
    /// Unfolds a feature map <c>[N, d, H, W]</c> into tokens, so that attention joins pixel p of a patch with pixel p of every
    /// other patch. A map that 2×2 patches do not divide is resized up first, as in the reference (bilinear, corners not
    /// aligned).
    /// </summary>
    public (GraphTensor Tokens, PatchGrid Grid) Unfold(string name, GraphTensor map) => Unfold(name, map, MayNeedResize(map));

    /// <summary>Unfolds a feature map that has whole patches, for norms over whole pictures.</summary>
    public (GraphTensor Tokens, PatchGrid Grid) UnfoldWhole(string name, GraphTensor map)
    {
        (GraphTensor tokens, PatchGrid grid) = Unfold(name, map, isResized: false);
        string pictures = _style.DynamicSize
            ? _graph.Node(
                "Concat",
                $"{name}.unfold.pictures",
                [
                    _graph.Node("Shape", $"{name}.unfold.count_pictures", [map.Name], [new("start", 0L), new("end", 1L)]),
                    _graph.Integers(-1, tokens.Shape[^1]),
                ],
                [new("axis", 0L)])
            : _graph.Integers(-1, PatchPixels * tokens.Shape[1], tokens.Shape[2]);
        return (tokens with { Sequences = tokens.Sequences! with { Pictures = pictures } }, grid);
    }

    private (GraphTensor Tokens, PatchGrid Grid) Unfold(string name, GraphTensor map, bool isResized)
    {
        int channels = map.Shape[0];
        var grid = new PatchGrid(map, isResized);
        string whole = grid.IsResized ? ResizeToWholePatches(name, map, "half_pixel") : map.Name;
        string batched;
        SequenceShape sequences;
        if (_style.DynamicSize)
        {
            // Sizes come along by themselves where every reshape keeps the last two dimensions.
            string patches = _graph.Node("SpaceToDepth", $"{name}.unfold.patches", [whole], [new("blocksize", (long)Patch)]);
            string perPixel = _graph.Node(
                "Reshape", $"{name}.unfold.pixels", [patches, _graph.Integers(-1, channels, 0, 0)]);
            string flat = _graph.Node("Reshape", $"{name}.unfold.flat", [perPixel, _graph.Integers(0, 0, -1)]);
            batched = _graph.Node("Transpose", $"{name}.unfold.turned", [flat], [new("perm", new long[] { 0, 2, 1 })]);
            string shape = _graph.Node("Shape", $"{name}.unfold.shape", [batched]);
            string patchCount = _graph.Node("Shape", $"{name}.unfold.count_patches", [batched], [new("start", 1L), new("end", 2L)]);
            string equal = _graph.Node("Equal", $"{name}.unfold.equal", [patchCount, _graph.Integers(channels)]);
            sequences = new(shape, _graph.Node("Squeeze", $"{name}.unfold.is_square", [equal]));
            grid = grid with { PatchesShape = _graph.Node("Shape", $"{name}.fold.shape", [patches]) };
        }
        else
        {
            // Two transposes, each of whole runs of memory, instead of the one that does it all: the first is a matrix
            // transpose (which ONNX Runtime merges into its change of layout), the second moves whole tokens. For XXS all of
            // them together went from 0.75 to 0.05 ms.
            string last = _graph.Node("Transpose", $"{name}.unfold.last", [whole], [new("perm", new long[] { 0, 2, 3, 1 })]);
            string split = _graph.Node(
                "Reshape", $"{name}.unfold.split", [last, _graph.Integers(-1, grid.Rows, Patch, grid.Columns, Patch, channels)]);
            batched = _graph.Node("Transpose", $"{name}.unfold.turned", [split], [new("perm", new long[] { 0, 2, 4, 1, 3, 5 })]);
            sequences = new(_graph.Integers(-1, grid.Rows * grid.Columns, channels));
        }

        string rows = _graph.Node("Reshape", $"{name}.unfold", [batched, _graph.Integers(-1, channels)]);
        return (new GraphTensor(rows, PatchPixels, grid.Rows * grid.Columns, channels) { Sequences = sequences }, grid);
    }

    /// <summary>Undoes an unfold.</summary>
    public GraphTensor Fold(string name, GraphTensor tokens, PatchGrid grid)
    {
        int channels = tokens.Shape[^1];
        string folded;
        if (grid.PatchesShape is not null)
        {
            string batched = _graph.Node("Reshape", $"{name}.fold.batched", [tokens.Name, tokens.Sequences!.Name]);
            string turned = _graph.Node("Transpose", $"{name}.fold.turned", [batched], [new("perm", new long[] { 0, 2, 1 })]);
            string patches = _graph.Node("Reshape", $"{name}.fold.patches", [turned, grid.PatchesShape]);
            folded = _graph.Node("DepthToSpace", $"{name}.fold", [patches], [new("blocksize", (long)Patch), new("mode", "DCR")]);
        }
        else
        {
            string split = _graph.Node(
                "Reshape", $"{name}.fold.split", [tokens.Name, _graph.Integers(-1, Patch, Patch, grid.Rows, grid.Columns, channels)]);
            string turned = _graph.Node(
                "Transpose", $"{name}.fold.turned", [split], [new("perm", new long[] { 0, 3, 1, 4, 2, 5 })]);
            string last = _graph.Node(
                "Reshape", $"{name}.fold.last", [turned, _graph.Integers(-1, Patch * grid.Rows, Patch * grid.Columns, channels)]);
            folded = _graph.Node("Transpose", $"{name}.fold", [last], [new("perm", new long[] { 0, 3, 1, 2 })]);
        }

        return grid.Map with { Name = grid.IsResized ? ResizeBack(name, folded, grid.Map) : folded };
    }

    /// <summary>
    /// Whether the patches may not divide a map. With a dynamic size that is asked of every multiple of 32, which strides up
    /// to 16 divide into even sides.
    /// </summary>
    private bool MayNeedResize(GraphTensor map) => _style.DynamicSize
        ? GraphStyle.SizeMultiple % (_style.Height / map.Shape[1] * Patch) != 0
        : map.Shape[1] % Patch != 0 || map.Shape[2] % Patch != 0;

    private string ResizeToWholePatches(string name, GraphTensor map, string mode)
    {
        if (!_style.DynamicSize)
        {
            return Resize($"{name}.unfold.resized", map.Name, _graph.Integers([.. map.Shape[1..].Select(static side => (long)WholePatches(side))]), mode: mode);
        }

        string shape = SideLengths($"{name}.unfold", map);
        string raised = _graph.Node("Add", $"{name}.unfold.raised", [shape, _graph.Integers(Patch - 1)]);
        string count = _graph.Node("Div", $"{name}.unfold.count", [raised, _graph.Integers(Patch)]);
        string sizes = _graph.Node("Mul", $"{name}.unfold.sizes", [count, _graph.Integers(Patch)]);
        return Resize($"{name}.unfold.resized", map.Name, sizes, mode: mode);
    }

    private static int WholePatches(int side) => (side + Patch - 1) / Patch * Patch;

    private string ResizeBack(string name, string folded, GraphTensor map)
    {
        if (_style.DynamicSize)
        {
            return Resize($"{name}.fold.resized", folded, SideLengths($"{name}.fold", map));
        }

        // Bilinear resizing is separable, and from two pixels to one it is their mean. ONNX Runtime 1.31 fails to load a
        // graph that says so by a Resize to a side of 1.
        int[] sides = map.Shape[1..];
        long[] single = [.. SpatialAxes.Where(axis => sides[axis - SpatialAxes[0]] == 1)];
        if (single.Length == 0)
        {
            return Resize($"{name}.fold.resized", folded, _graph.Integers([.. sides.Select(static side => (long)side)]));
        }

        string mean = _graph.Node("ReduceMean", $"{name}.fold.mean", [folded, _graph.Integers(single)]);
        long[] others = [.. SpatialAxes.Except(single).Where(axis => sides[axis - SpatialAxes[0]] % Patch != 0)];
        return others.Length == 0
            ? mean
            : Resize($"{name}.fold.resized", mean, _graph.Integers(sides[others[0] - SpatialAxes[0]]), others);
    }

    private string SideLengths(string name, GraphTensor map) =>
        _graph.Node("Shape", $"{name}.sides", [map.Name], [new("start", SpatialAxes[0])]);

    private string Resize(string name, string input, string sizes, long[]? axes = null, string mode = "half_pixel") => _graph.Node(
        "Resize",
        name,
        [input, string.Empty, string.Empty, sizes],
        [
            new("axes", axes ?? SpatialAxes),
            new("mode", "linear"),
            new("coordinate_transformation_mode", mode),
        ]);
}
