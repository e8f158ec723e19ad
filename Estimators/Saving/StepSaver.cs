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

    private StepSaver()
    {
    }

    public static StepSaver Instance { get; } = new();

    public void Save(ModelSaveContext context, ImageStep step, IReadOnlyList<OutputColumn> columns, MobileViTModel? model)
    {
        if (model?.Session.Description.FixedBatch is > 1 and int batch)
        {
            throw new NotSupportedException(
                $"The model '{model.Session.Source}' takes {batch} images at once, and ML.NET's own ONNX transform, which runs "
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
        OutputColumn<float>[] vectors = [.. SavedMapping.Vectors(columns)];
        string[] vectorNames = [.. vectors.Select(SavedOnnx.NameOf)];
        bool hasSlotNames = model is { Metadata.Labels.Count: > 0 };
        var context = new MLContext();
        TransformsCatalog transforms = context.Transforms;
        var chain = new EstimatorChain<ITransformer>();
        var modelStep = (step as ModelStep)?.ForSaving(model!);
        step = modelStep ?? step;
        (IEstimator<ITransformer> preprocessing, IDataView emptyData) = step.InputKind switch
        {
            ImageColumnKind.Path => (SavedMapping.Estimator(transforms, new PathMapping()), EmptyData<PathRow>(context, step)),
            ImageColumnKind.Encoded => (SavedMapping.Estimator(transforms, new EncodedMapping()), EmptyData<EncodedRow>(context, step)),
            ImageColumnKind.Decoded when step.ImageSize is not null =>
                (SavedMapping.Estimator(transforms, new ImageBytesMapping()), EmptyData<DecodedRow>(context, step)),
            ImageColumnKind.Decoded => (SavedMapping.Estimator(transforms, new DecodedMapping()), EmptyData<DecodedRow>(context, step)),
            _ => (SavedMapping.Estimator(transforms, new PixelsMapping()), EmptyData<PixelsRow>(context, step)),
        };

        Append(step.ImageSize is null
            ? transforms.CopyColumns(InputName, step.InputColumnName)
            : transforms.ExtractPixels(
                InputName,
                step.InputColumnName,
                ImagePixelExtractingEstimator.ColorBits.All,
                ImagePixelExtractingEstimator.ColorsOrder.ARGB,
                interleavePixelColors: true,
                outputAsFloatArray: false));
        Append(SavedMapping.Estimator(transforms, new SettingsKeyMapping()));
        Append(transforms.Conversion.MapValue(
            SettingsRow.Name,
            [new KeyValuePair<string, string>(SettingsKeyMapping.Key, step.ToJson())],
            SettingsKeyRow.Name));
        Append(preprocessing);
        string error = PixelsOrErrorRow.ErrorName;
        if (modelStep is null)
        {
            byte[] onnx = SavedOnnx.WriteColumns(SavedOnnx.ModelInput, vectors, hasSlotNames, step);
            AppendOnnx("pixels.onnx", onnx, SavedOnnx.ModelInput, [1, 0], vectorNames);
        }
        else
        {
            // The pixels are a vector of unknown size to ML.NET, which takes one dimension from it.
            int[] pixels = [1, 3, step.Preprocessing.Height, 0];
            AppendOnnx(
                "model.onnx", SavedOnnx.WriteModel(model!.Session.Bytes, modelStep), SavedOnnx.ModelInput, pixels, [ModelValuesRow.ValuesName]);
            // Another text column where the images have no paths; nobody reads it then.
            Append(transforms.CopyColumns(
                ModelValuesRow.ImagePathName, step.InputKind == ImageColumnKind.Path ? InputName : PixelsOrErrorRow.ErrorName));
            Append(SavedMapping.Estimator(transforms, new DecodeMapping()));
            byte[] onnx = SavedOnnx.WriteColumns(DecodedResultRow.VectorsName, vectors, hasSlotNames);
            AppendOnnx("columns.onnx", onnx, DecodedResultRow.VectorsName, [1, 0], vectorNames);
            error = DecodedResultRow.ErrorName;
        }

        foreach (OutputColumn column in columns)
        {
            Append(column switch
            {
                OutputColumn<uint> => transforms.Conversion.MapValueToKey(
                    column.Name, DecodedResultRow.LabelName, keyData: context.Data.LoadFromEnumerable(
                        column.TextVectors[AnnotationKinds.KeyValues].Select(static label => new LabelRow { Value = label }))),
                OutputColumn<float> { IsVector: true } => transforms.CopyColumns(column.Name, SavedOnnx.NameOf(column)),
                OutputColumn<float> => transforms.CopyColumns(column.Name, DecodedResultRow.NumberName),
                ErrorColumn => transforms.CopyColumns(column.Name, error),
                _ => transforms.CopyColumns(column.Name, DecodedResultRow.TextsName),
            });
        }

        TransformerChain<ITransformer> made = chain.Fit(emptyData);
        IDataView result = made.Transform(emptyData);
        string[] leftOver = [.. result.Schema.Select(static column => column.Name).Where(SavedOnnx.IsInternal).Distinct()];
        return made.Append<ITransformer>(transforms.DropColumns(leftOver).Fit(result));

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

    /// <summary>No rows, with the columns that the step reads.</summary>
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
