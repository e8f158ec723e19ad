using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// MobileViT's forward pass in double precision and plain loops, written from the paper and sharing nothing with the graph:
/// the oracle for shapes that no golden covers.
/// </summary>
internal sealed class PlainNetwork(
    MobileViTArchitecture architecture, IReadOnlyDictionary<string, float[]> weights, bool cvnetsLayerNorm = true)
{
    private Activation _activation;

    public double[] Logits(float[] pixels, int height, int width)
    {
        var map = new Map(3, height, width);
        for (int i = 0; i < pixels.Length; i++)
        {
            map.Values[i] = pixels[i];
        }

        map = Conv("conv_1", map, architecture.Backbone.StemChannels, 3, stride: 2);
        for (int stage = 0; stage < 5; stage++)
        {
            foreach ((int index, BlockSpec block) in architecture.Backbone.Stages[stage].Index())
            {
                string name = $"layer_{stage + 1}.{index}";
                _activation = block.Activation;
                map = block is MobileViT mobileViT
                    ? MobileViTBlock(name, map, mobileViT.Transformer)
                    : InvertedResidual($"{name}.block", map, (InvertedResidual)block);
            }
        }

        _activation = Activation.Silu;
        map = Conv("conv_1x1_exp", map, ((Classification)architecture.Head).FeatureChannels, 1);
        int area = map.Height * map.Width;
        double[] pooled = [.. Enumerable.Range(0, map.Channels).Select(c => map.Values.Skip(c * area).Take(area).Average())];
        return Linear("classifier.fc", pooled);
    }

    private Map InvertedResidual(string name, Map input, InvertedResidual spec)
    {
        (int channels, int stride) = (spec.Channels, spec.Stride);
        int hidden = weights[$"{name}.exp_1x1.block.norm.weight"].Length;
        Map output = Conv($"{name}.exp_1x1", input, hidden, 1);
        output = Conv($"{name}.conv_3x3", output, hidden, 3, stride, groups: hidden, dilation: spec.Dilation);
        output = Conv($"{name}.red_1x1", output, channels, 1, activation: false);
        if (stride == 1 && input.Channels == channels)
        {
            for (int i = 0; i < output.Values.Length; i++)
            {
                output.Values[i] += input.Values[i];
            }
        }

        return output;
    }

    private Map MobileViTBlock(string name, Map input, TransformerSpec transformer)
    {
        Map local = Conv($"{name}.local_rep.conv_3x3", input, input.Channels, 3);
        local = Conv($"{name}.local_rep.conv_1x1", local, transformer.Dimension, 1, norm: false, activation: false);
        Map whole = Resize(local, local.Height + (local.Height % 2), local.Width + (local.Width % 2));
        for (int pixel = 0; pixel < 4; pixel++)
        {
            // The tokens of this pixel of every patch, from left to right and top to bottom.
            var places = (from y in Enumerable.Range(0, whole.Height / 2)
                          from x in Enumerable.Range(0, whole.Width / 2)
                          select (Y: (2 * y) + (pixel / 2), X: (2 * x) + (pixel % 2))).ToArray();
            double[][] tokens = [.. places.Select(place =>
                Enumerable.Range(0, whole.Channels).Select(c => whole[c, place.Y, place.X]).ToArray())];
            for (int layer = 0; layer < transformer.Layers; layer++)
            {
                string prefix = $"{name}.global_rep.{layer}";
                double[][] attended = Attention(transformer.Heads, $"{prefix}.pre_norm_mha.1", Norm($"{prefix}.pre_norm_mha.0", tokens));
                tokens = [.. tokens.Zip(attended, Sum)];
                tokens = [.. tokens.Zip(Norm($"{prefix}.pre_norm_ffn.0", tokens), (token, normed) => Sum(token, Linear(
                    $"{prefix}.pre_norm_ffn.4", [.. Linear($"{prefix}.pre_norm_ffn.1", normed).Select(Activate)])))];
            }

            tokens = Norm($"{name}.global_rep.{transformer.Layers}", tokens);

            for (int place = 0; place < places.Length; place++)
            {
                for (int c = 0; c < whole.Channels; c++)
                {
                    whole[c, places[place].Y, places[place].X] = tokens[place][c];
                }
            }
        }

        Map global = Conv($"{name}.conv_proj", Resize(whole, local.Height, local.Width), input.Channels, 1);
        var joined = new Map(2 * input.Channels, input.Height, input.Width);
        input.Values.CopyTo(joined.Values, 0);
        global.Values.CopyTo(joined.Values, input.Values.Length);
        return Conv($"{name}.fusion", joined, input.Channels, 3);
    }

    private double[][] Attention(int heads, string name, double[][] tokens)
    {
        int dimension = tokens[0].Length, headDimension = dimension / heads;
        double[][] projected = [.. tokens.Select(t => Linear($"{name}.qkv_proj", t))];
        double[][] result = [.. tokens.Select(_ => new double[dimension])];
        for (int head = 0; head < heads; head++)
        {
            int query = head * headDimension, key = dimension + query, value = (2 * dimension) + query;
            for (int i = 0; i < tokens.Length; i++)
            {
                double[] scores = [.. projected.Select(other => Math.Exp(Enumerable.Range(0, headDimension)
                    .Sum(c => projected[i][query + c] * other[key + c]) / Math.Sqrt(headDimension)))];
                double total = scores.Sum();
                for (int c = 0; c < headDimension; c++)
                {
                    result[i][query + c] = Enumerable.Range(0, tokens.Length).Sum(j => scores[j] / total * projected[j][value + c]);
                }
            }
        }

        return [.. result.Select(t => Linear($"{name}.out_proj", t))];
    }

    private Map Conv(
        string name, Map input, int channels, int kernel, int stride = 1, int groups = 1, bool norm = true, bool activation = true,
        int dilation = 1)
    {
        float[] weight = weights[$"{name}.block.conv.weight"];
        int padding = kernel / 2 * dilation, perGroup = input.Channels / groups;
        var output = new Map(channels, ((input.Height - 1) / stride) + 1, ((input.Width - 1) / stride) + 1);
        for (int c = 0; c < channels; c++)
        {
            for (int y = 0; y < output.Height; y++)
            {
                for (int x = 0; x < output.Width; x++)
                {
                    double sum = 0;
                    for (int k = 0; k < perGroup * kernel * kernel; k++)
                    {
                        int inY = (y * stride) + (k / kernel % kernel * dilation) - padding, inX = (x * stride) + (k % kernel * dilation) - padding;
                        if (inY >= 0 && inY < input.Height && inX >= 0 && inX < input.Width)
                        {
                            int inC = (c / (channels / groups) * perGroup) + (k / (kernel * kernel));
                            sum += weight[(c * perGroup * kernel * kernel) + k] * input[inC, inY, inX];
                        }
                    }

                    sum = norm ? BatchNorm($"{name}.block.norm", c, sum) : sum;
                    output[c, y, x] = activation ? Activate(sum) : sum;
                }
            }
        }

        return output;
    }

    private double BatchNorm(string name, int c, double value) =>
        ((value - weights[$"{name}.running_mean"][c]) / Math.Sqrt(weights[$"{name}.running_var"][c] + 1e-5)
            * weights[$"{name}.weight"][c]) + weights[$"{name}.bias"][c];

    private double[][] Norm(string name, double[][] tokens)
    {
        float[] weight = weights[$"{name}.weight"], bias = weights[$"{name}.bias"];
        if (cvnetsLayerNorm && tokens.Length == weight.Length)
        {
            // CVNets takes the patches for the channels: every channel is normalised over the patches.
            double[][] result = [.. tokens.Select(token => new double[token.Length])];
            for (int c = 0; c < weight.Length; c++)
            {
                (double mean, double variance) = Moments([.. tokens.Select(token => token[c])]);
                for (int patch = 0; patch < tokens.Length; patch++)
                {
                    result[patch][c] = ((tokens[patch][c] - mean) / (Math.Sqrt(variance) + 1e-5) * weight[patch]) + bias[patch];
                }
            }

            return result;
        }

        return [.. tokens.Select(token =>
        {
            (double mean, double variance) = Moments(token);
            return token.Select((value, c) => ((value - mean) / Math.Sqrt(variance + 1e-5) * weight[c]) + bias[c]).ToArray();
        })];
    }

    private static (double Mean, double Variance) Moments(double[] values)
    {
        double mean = values.Average();
        return (mean, values.Average(value => (value - mean) * (value - mean)));
    }

    private double[] Linear(string name, double[] input)
    {
        float[] weight = weights[$"{name}.weight"], bias = weights[$"{name}.bias"];
        return [.. bias.Select((offset, row) => offset + input.Select((value, c) => value * weight[(row * input.Length) + c]).Sum())];
    }

    /// <summary>Bilinear, corners not aligned, as PyTorch's <c>F.interpolate</c>.</summary>
    private static Map Resize(Map input, int height, int width)
    {
        var output = new Map(input.Channels, height, width);
        for (int y = 0; y < height; y++)
        {
            (int y0, int y1, double fy) = Neighbours(y, height, input.Height);
            for (int x = 0; x < width; x++)
            {
                (int x0, int x1, double fx) = Neighbours(x, width, input.Width);
                for (int c = 0; c < input.Channels; c++)
                {
                    double top = (input[c, y0, x0] * (1 - fx)) + (input[c, y0, x1] * fx);
                    double bottom = (input[c, y1, x0] * (1 - fx)) + (input[c, y1, x1] * fx);
                    output[c, y, x] = (top * (1 - fy)) + (bottom * fy);
                }
            }
        }

        return output;

        static (int Low, int High, double Fraction) Neighbours(int index, int outSide, int inSide)
        {
            double place = Math.Max(0, ((index + 0.5) * inSide / outSide) - 0.5);
            int low = Math.Min((int)place, inSide - 1);
            return (low, Math.Min(low + 1, inSide - 1), place - low);
        }
    }

    private double Activate(double value) =>
        _activation == Activation.Relu ? Math.Max(value, 0) : value / (1 + Math.Exp(-value));

    private static double[] Sum(double[] left, double[] right) => [.. left.Zip(right, static (a, b) => a + b)];

    private sealed class Map(int channels, int height, int width)
    {
        public int Channels => channels;

        public int Height => height;

        public int Width => width;

        public double[] Values { get; } = new double[channels * height * width];

        public double this[int c, int y, int x]
        {
            get => Values[(((c * height) + y) * width) + x];
            set => Values[(((c * height) + y) * width) + x] = value;
        }
    }
}
