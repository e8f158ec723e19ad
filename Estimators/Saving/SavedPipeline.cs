using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT;

/// <summary>
/// A step as a chain of ML.NET's own transformers, which is the form in which it is saved: a third party's transformer
/// cannot be (dotnet/machinelearning #4911), but one of custom mappings and the ONNX transform can.
/// </summary>
/// <remarks>
/// The chain looks the settings up, preprocesses the image, runs the model, sees to it that it gave numbers, makes columns of
/// them, and drops what was only on the way. The columns are made by a graph too, for only the ONNX transform gives a vector the
/// size that a trainer relies on. The chain gives the same numbers as the fast transformer, one row at a time.
/// </remarks>
internal static class SavedPipeline
{
    private const string InputName = ImageInputRow<int>.InputName;
    private const string OutputPrefix = SavedOnnx.ColumnPrefix + "output.";

    /// <summary>Builds the chain.</summary>
    /// <param name="step">The step.</param>
    /// <param name="columns">The columns that the fast transformer makes of the model's outputs, in their order.</param>
    /// <param name="outputs">The model's outputs, by the index that the columns know them by.</param>
    /// <param name="model">The model; null for a step without one.</param>
    /// <param name="folder">Where to write ONNX files, which are needed for as long as the chain is.</param>
    public static TransformerChain<ITransformer> Build(
        ImageStep step,
        IReadOnlyList<OutputColumn> columns,
        IReadOnlyList<string> outputs,
        MobileViTModel? model,
        string folder)
    {
        step = step with
        {
            ModelLength = model?.Bytes.Length ?? 0,
            Labels = step.Kind == ImageStepKind.Classify ? model!.Labels : null,
            Outputs = model is null ? null : [.. outputs.Select(name => new SavedOutput(name, model.GetOutput(name).Length))],
        };
        SavedColumn[] saved = [.. SavedColumns(step, columns, outputs, model)];
        string[] savedNames = [.. saved.Select(static column => column.Name)];

        var context = new MLContext();
        TransformsCatalog transforms = context.Transforms;
        var chain = new EstimatorChain<ITransformer>();
        Append(step.ImageSize is null
            ? transforms.CopyColumns(InputName, step.InputColumnName)
            : transforms.ExtractPixels(
                InputName,
                step.InputColumnName,
                ImagePixelExtractingEstimator.ColorBits.All,
                ImagePixelExtractingEstimator.ColorsOrder.ARGB,
                interleavePixelColors: true,
                outputAsFloatArray: false));
        Append(transforms.CustomMapping(new SettingsKeyMapping().GetMapping(), SettingsKeyMapping.Contract));
        Append(transforms.Conversion.MapValue(
            SettingsRow.Name,
            [new KeyValuePair<string, string>(SettingsKeyMapping.Key, step.ToJson())],
            SettingsKeyRow.Name));
        Append(Preprocessing(transforms, step));
        // The pixels are a vector of unknown size to ML.NET, which takes one dimension from it.
        int[] pixels = [1, 3, step.Preprocessing.Height, 0];
        if (model is null)
        {
            AppendOnnx("pixels.onnx", SavedOnnx.WritePreprocessing(step, saved), SavedInput.Name, pixels, savedNames);
        }
        else
        {
            AppendOnnx("model.onnx", SavedOnnx.WriteModel(model.Bytes, step), SavedInput.Name, pixels, [ModelValuesRow.ValuesName]);
            // Another text column where the images have no paths; nobody reads it then.
            Append(transforms.CopyColumns(
                ModelValuesRow.ImagePathName,
                step.InputKind == ImageColumnKind.Path ? InputName : PreprocessedRow.ErrorName));
            Append(transforms.CustomMapping(new NumbersMapping().GetMapping(), NumbersMapping.Contract));
            AppendOnnx("columns.onnx", SavedOnnx.WriteColumns(step, saved), NumbersRow.NumbersName, [1, 0], savedNames);
        }

        if (step.Kind == ImageStepKind.Classify)
        {
            Append(transforms.CustomMapping(new ClassesMapping().GetMapping(), ClassesMapping.Contract));
            IDataView keys = context.Data.LoadFromEnumerable(model!.Labels.Select(static label => new LabelRow { Value = label }));
            Append(transforms.Conversion.MapValueToKey(step.OutputColumnName, ClassesRow.LabelName, keyData: keys));
        }

        string error = model is null ? PreprocessedRow.ErrorName : NumbersRow.ErrorName;
        foreach ((string name, string source) in Names(columns, error))
        {
            Append(transforms.CopyColumns(name, source));
        }

        IEnumerable<string> leftOver =
        [
            InputName, SettingsKeyRow.Name, SettingsRow.Name, SavedInput.Name, PreprocessedRow.ErrorName, .. savedNames,
            .. model is null
                ? []
                : new[] { ModelValuesRow.ValuesName, ModelValuesRow.ImagePathName, NumbersRow.NumbersName, NumbersRow.ErrorName },
            .. step.Kind == ImageStepKind.Classify
                ? new[] { ClassesRow.LabelName, ClassesRow.ProbabilityName, ClassesRow.TopLabelsName }
                : [],
        ];
        Append(transforms.DropColumns([.. leftOver]));
        return chain.Fit(EmptyData(context, step));

        void Append(IEstimator<ITransformer> estimator) => chain = chain.Append(estimator);

        void AppendOnnx(string file, byte[] onnx, string input, int[] inputShape, string[] outputColumns)
        {
            string path = Path.Combine(folder, file);
            File.WriteAllBytes(path, onnx);
            Append(transforms.ApplyOnnxModel(
                outputColumns,
                [input],
                path,
                new Dictionary<string, int[]> { [input] = inputShape },
                gpuDeviceId: null,
                fallbackToCpu: false));
        }
    }

    private static IEstimator<ITransformer> Preprocessing(TransformsCatalog transforms, ImageStep step) => step.InputKind switch
    {
        ImageColumnKind.Path => transforms.CustomMapping(new PathMapping().GetMapping(), PathMapping.Contract),
        ImageColumnKind.Encoded => transforms.CustomMapping(new EncodedMapping().GetMapping(), EncodedMapping.Contract),
        ImageColumnKind.Decoded when step.ImageSize is not null =>
            transforms.CustomMapping(new ImageBytesMapping().GetMapping(), ImageBytesMapping.Contract),
        ImageColumnKind.Decoded => transforms.CustomMapping(new DecodedMapping().GetMapping(), DecodedMapping.Contract),
        _ => transforms.CustomMapping(new PixelsMapping().GetMapping(), PixelsMapping.Contract),
    };

    /// <summary>What the ONNX transform makes: every vector column, and what a classification ranks by.</summary>
    private static IEnumerable<SavedColumn> SavedColumns(
        ImageStep step, IReadOnlyList<OutputColumn> columns, IReadOnlyList<string> outputs, MobileViTModel? model)
    {
        bool hasSlotNames = model is { Metadata.Labels.Count: > 0 };
        string rank = outputs.Contains(ModelOutputs.Logits) ? ModelOutputs.Logits : ModelOutputs.Probabilities;
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i] is ModelOutputVectorColumn column)
            {
                int[] shape = [.. ((VectorDataViewType)column.Type).Dimensions];
                IReadOnlyList<string>? slotNames = column.TextVectors.GetValueOrDefault(AnnotationKinds.SlotNames);
                yield return new SavedColumn(
                    OutputPrefix + i, outputs[column.Output], shape, hasSlotNames ? slotNames : null);
            }
            else if (columns[i] is TopProbabilitiesColumn { Type: VectorDataViewType top })
            {
                // From the graph, and not from the mapping below, whose vectors have no size that a trainer could rely on.
                yield return new SavedColumn(OutputPrefix + i, ModelOutputs.Probabilities, [top.Size], RankBy: rank);
            }
        }

        if (step.Kind == ImageStepKind.Classify)
        {
            int classes = model!.Labels.Count;
            yield return new SavedColumn(ScoresRow.RankName, rank, [classes]);
            yield return new SavedColumn(ScoresRow.ProbabilitiesName, ModelOutputs.Probabilities, [classes]);
        }
    }

    /// <summary>The names of the step's columns, and of those that hold them until then.</summary>
    private static IEnumerable<(string Name, string Source)> Names(IReadOnlyList<OutputColumn> columns, string error)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            string? source = columns[i] switch
            {
                ModelOutputVectorColumn or TopProbabilitiesColumn => OutputPrefix + i,
                ProbabilityColumn => ClassesRow.ProbabilityName,
                TopLabelsColumn => ClassesRow.TopLabelsName,
                ErrorColumn => error,
                // The key has its name from the start.
                _ => null,
            };
            if (source is not null)
            {
                yield return (columns[i].Name, source);
            }
        }
    }

    /// <summary>No rows, with the columns that the step reads.</summary>
    private static IDataView EmptyData(MLContext context, ImageStep step) => step.InputKind switch
    {
        ImageColumnKind.Path => EmptyData<PathRow>(context, step),
        ImageColumnKind.Encoded => EmptyData<EncodedRow>(context, step),
        ImageColumnKind.Decoded => EmptyData<DecodedRow>(context, step),
        _ => EmptyData<PixelsRow>(context, step),
    };

    private static IDataView EmptyData<TRow>(MLContext context, ImageStep step)
        where TRow : class
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(TRow));
        SchemaDefinition.Column column = definition[InputName];
        column.ColumnName = step.InputColumnName;
        if (step.ImageSize is [int height, int width])
        {
            column.ColumnType = new ImageDataViewType(height, width);
        }

        return context.Data.LoadFromEnumerable<TRow>([], definition);
    }

    private sealed class LabelRow
    {
        public string Value { get; set; } = "";
    }
}
