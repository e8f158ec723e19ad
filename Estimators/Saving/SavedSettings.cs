using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>
/// The step that the rows of a saved pipeline carry as text, read once for all rows. Each mapping of a loaded pipeline has one
/// of its own, which goes with it: nothing else knows when a pipeline is no longer used.
/// </summary>
internal sealed class SavedSettings
{
    // Replaced whole, so that threads need no lock: at worst the first few of them read the same text.
    private volatile Reading? _reading;

    /// <summary>The step.</summary>
    /// <param name="json">The text of the row.</param>
    /// <exception cref="InvalidDataException">The text is no step.</exception>
    public Reading Read(ReadOnlyMemory<char> json)
    {
        Reading? reading = _reading;
        return reading is not null && json.Span.SequenceEqual(reading.Json) ? reading : _reading = new Reading(json.ToString());
    }

    /// <summary>A step that was read, and what was made of it.</summary>
    internal sealed class Reading(string json)
    {
        public string Json => json;

        public ImageStep Step { get; } = ImageStep.FromJson(json);

        /// <summary>What the step makes of its model's outputs.</summary>
        public ModelTask Task => field ??= CreateTask();

        /// <summary>The model's outputs as they are, of which pipelines of the first form make their columns by a graph.</summary>
        public ModelTask Outputs => field ??= CreateOutputs();

        private ImagePreprocessor Preprocessor => field ??= new ImagePreprocessor(Step.Preprocessing, Step.CommonOptions.Decoding);

        public ModelStep ModelStep => Step as ModelStep ?? throw ImageStep.Unreadable("it has no model.");

        /// <summary>Makes the pixels of one image, or says why it cannot.</summary>
        /// <param name="input">The image.</param>
        /// <param name="output">Receives the pixels, or NaN and the reason.</param>
        public void Preprocess(ImageInputRow input, PixelsOrErrorRow output)
        {
            VBuffer<float> pixels = output.Pixels;
            VBufferEditor<float> editor = VBufferEditor.Create(ref pixels, Preprocessor.Length);
            output.Error = default;
            ImageGeometry? geometry = null;
            try
            {
                geometry = input.SourceFor(Step).Preprocess(slot: 0, row: -1, Preprocessor, editor.Values);
            }
            catch (Exception exception) when (RowError.IsMarked(exception, Step.CommonOptions.BadImages))
            {
                editor.Values.Fill(float.NaN);
                output.Error = exception.Message.AsMemory();
            }

            output.Pixels = editor.Commit();
            if (output is PreprocessedRow preprocessed)
            {
                int[] picture = geometry is { } known ? [known.Width, known.Height, known.ExifOrientation] : [];
                preprocessed.Picture = new VBuffer<int>(picture.Length, picture);
            }
        }

        /// <summary>Makes a row of what the model gave; throws the row's error unless it is to be marked.</summary>
        /// <param name="decoder">What makes it.</param>
        /// <param name="input">What the model gave.</param>
        /// <param name="geometry">Where the model's input lies in the picture.</param>
        public RowResult Decode(IResultDecoder decoder, ModelValuesRow input, ImageGeometry? geometry)
        {
            // Before there is memory for the columns: what the step says of its outputs is not trusted.
            float[][] tensors = Split(decoder.Outputs, input.Values.GetValues());
            var row = new RowResult(decoder.Columns, Step.CommonOptions.BadImages) { Geometry = geometry };
            if (!input.Error.IsEmpty)
            {
                row.Fail(new MissingPixelsException(input.Error.ToString()));
                return row;
            }

            ImageSource image = Step.InputKind == ImageColumnKind.Path
                ? new PathRow { Image = input.ImagePath }.SourceFor(Step)
                : new EncodedRow().SourceFor(Step);
            ModelScorer.Decode(decoder, new ImageOutputs(decoder.Outputs, tensors, image: 0), row, image, slot: 0, row: -1);
            row.ThrowIfFailed();
            return row;
        }

        private ModelTask CreateOutputs()
        {
            ModelSignature model = ModelStep.SavedModel;
            var outputs = new ModelTask(model);
            foreach (ModelOutput output in model.Outputs)
            {
                outputs.AddVector(output.Name, output.Name);
            }

            return outputs;
        }

        private ModelTask CreateTask()
        {
            try
            {
                return ModelStep.CreateTask(ModelStep.SavedModel);
            }
            catch (ArgumentException exception)
            {
                throw ImageStep.Unreadable(exception.Message, exception);
            }
        }

        /// <summary>The outputs that a decoder reads, each where the step says that it is.</summary>
        private float[][] Split(IReadOnlyList<ModelOutput> outputs, ReadOnlySpan<float> values)
        {
            var parts = new Dictionary<string, float[]>();
            foreach (SavedOutput output in ModelStep.Outputs ?? [])
            {
                if (output.Length > values.Length)
                {
                    throw ImageStep.Unreadable($"its output '{output.Name}' is longer than what the model gives.");
                }

                parts[output.Name] = values[..output.Length].ToArray();
                values = values[output.Length..];
            }

            return [.. outputs.Select(output => parts[output.Name])];
        }
    }
}
