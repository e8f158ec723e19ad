using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlNetMobileViT;

/// <summary>
/// Saves a step as a chain of ML.NET's own transformers: a third party's transformer cannot be saved (dotnet/machinelearning
/// #4911), but one of custom mappings and the ONNX transform can.
/// </summary>
/// <remarks>
/// The chain looks the settings up, preprocesses the image, runs the model, has the step's task make its values of the outputs,
/// gives them the types of the columns, and drops what was only on the way. Vectors pass through a graph, for only the ONNX
/// transform gives a vector the size that a trainer relies on. The chain gives the same numbers as the fast transformer, one row
/// at a time.
/// </remarks>
internal sealed class StepSaver : IStepSaver
{
    private const string InputName = ImageInputRow.InputName;
    private const string OutputPrefix = SavedOnnx.ColumnPrefix + "output.";

    private StepSaver()
    {
    }

    public static StepSaver Instance { get; } = new();

    public void Save(ModelSaveContext context, ImageStep step, IReadOnlyList<OutputColumn> columns, MobileViTModel? model)
    {
        if (model?.FixedBatch > 1)
        {
            throw new NotSupportedException(
                $"The model '{model.Source}' takes {model.FixedBatch} images at once, and ML.NET's own ONNX transform, which runs "
                + "saved pipelines, one. Convert the checkpoint without a fixed batch to save a pipeline.");
        }

        string folder = Directory.CreateTempSubdirectory("mobilevit-").FullName;
        TransformerChain<ITransformer>? chain = null;
        try
        {
            chain = Build(step, columns, model, folder);
            ((ICanSaveModel)chain).Save(context);
        }
        finally
        {
            CleanUp.Dispose(chain);
            CleanUp.Quietly(() => Directory.Delete(folder, recursive: true));
        }
    }

    /// <summary>Builds the chain.</summary>
    /// <param name="step">The step.</param>
    /// <param name="columns">The columns that the fast transformer makes.</param>
    /// <param name="model">The model; null for a step without one.</param>
    /// <param name="folder">Where to write ONNX files, which are needed for as long as the chain is.</param>
    private static TransformerChain<ITransformer> Build(
        ImageStep step, IReadOnlyList<OutputColumn> columns, MobileViTModel? model, string folder)
    {
        SavedColumn[] vectors = [.. DecodeMapping.VectorsOf(columns).Select(column => Vector(column, model))];
        var context = new MLContext();
        TransformsCatalog transforms = context.Transforms;
        var chain = new EstimatorChain<ITransformer>();
        var leftOver = new List<string>
        {
            InputName, SettingsKeyRow.Name, SettingsRow.Name, SavedInput.Name, PixelsOrErrorRow.ErrorName, PreprocessedRow.PictureName,
        };
        leftOver.AddRange(vectors.Select(static column => column.Name));
        var modelStep = (step as ModelStep)?.ForSaving(model!);
        step = modelStep ?? step;

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
        string error = PixelsOrErrorRow.ErrorName;
        if (modelStep is null)
        {
            AppendOnnx(
                "pixels.onnx",
                SavedOnnx.WriteColumns(SavedInput.Name, vectors, step),
                SavedInput.Name,
                [1, 0],
                [.. vectors.Select(static column => column.Name)]);
        }
        else
        {
            // The pixels are a vector of unknown size to ML.NET, which takes one dimension from it.
            AppendOnnx(
                "model.onnx",
                SavedOnnx.WriteModel(model!.Bytes, modelStep),
                SavedInput.Name,
                [1, 3, step.Preprocessing.Height, 0],
                [ModelValuesRow.ValuesName]);
            // Another text column where the images have no paths; nobody reads it then.
            Append(transforms.CopyColumns(
                ModelValuesRow.ImagePathName, step.InputKind == ImageColumnKind.Path ? InputName : PixelsOrErrorRow.ErrorName));
            Append(transforms.CustomMapping(new DecodeMapping().GetMapping(), DecodeMapping.Contract));
            AppendOnnx(
                "columns.onnx",
                SavedOnnx.WriteColumns(DecodedResultRow.VectorsName, vectors),
                DecodedResultRow.VectorsName,
                [1, 0],
                [.. vectors.Select(static column => column.Name)]);
            error = DecodedResultRow.ErrorName;
            leftOver.AddRange(
            [
                ModelValuesRow.ValuesName, ModelValuesRow.ImagePathName, DecodedResultRow.VectorsName, DecodedResultRow.NumberName,
                DecodedResultRow.LabelName, DecodedResultRow.TextsName, error,
            ]);
        }

        foreach (OutputColumn column in columns)
        {
            Append(column switch
            {
                OutputColumn<uint> => transforms.Conversion.MapValueToKey(
                    column.Name, DecodedResultRow.LabelName, keyData: context.Data.LoadFromEnumerable(
                        column.TextVectors[AnnotationKinds.KeyValues].Select(static label => new LabelRow { Value = label }))),
                OutputColumn<float> { Type: VectorDataViewType } => transforms.CopyColumns(column.Name, OutputPrefix + column.Index),
                OutputColumn<float> => transforms.CopyColumns(column.Name, DecodedResultRow.NumberName),
                ErrorColumn => transforms.CopyColumns(column.Name, error),
                _ => transforms.CopyColumns(column.Name, DecodedResultRow.TextsName),
            });
        }

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

    private static SavedColumn Vector(OutputColumn<float> column, MobileViTModel? model)
    {
        int[] shape = [.. ((VectorDataViewType)column.Type).Dimensions];
        IReadOnlyList<string>? slotNames = column.TextVectors.GetValueOrDefault(AnnotationKinds.SlotNames);
        return new SavedColumn(OutputPrefix + column.Index, shape, model is { Metadata.Labels.Count: > 0 } ? slotNames : null);
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
