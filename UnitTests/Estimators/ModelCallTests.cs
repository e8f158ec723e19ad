using System.Collections.Concurrent;
using Microsoft.ML;
using SkiaSharp;

namespace MlNetMobileViT.UnitTests;

/// <summary>One call for one picture: the pipeline's results to the last bit, from any number of threads.</summary>
[TestClass]
public sealed class ModelCallTests
{
    private const int Top = 3;

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public async Task Every_way_to_call_gives_what_the_pipeline_gives(int fixedBatch)
    {
        using var images = new DrawnImages(9);
        using MobileViTModel model = fixedBatch == 1 ? TinyModel.Load() : TinyModel.LoadBatch(fixedBatch);
        string[] paths = [.. images.Rows.Select(static row => row.Path!)];
        ReadOnlyMemory<byte>[] contents = [.. paths.Select(static path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path))];
        (Prediction[] classes, float[][] features) = ByPipeline(model, images);

        for (int i = 0; i < paths.Length; i++)
        {
            foreach (IReadOnlyList<ClassPrediction> actual in (IReadOnlyList<ClassPrediction>[])
            [
                model.Classify(paths[i], Top),
                model.Classify(contents[i].Span, Top),
                model.Classify(new MemoryStream(contents[i].ToArray()), Top),
                model.Classify(Forward(contents[i]), Top),
                await model.ClassifyAsync(paths[i], Top),
                await model.ClassifyAsync(contents[i], Top),
                await model.ClassifyAsync(Forward(contents[i]), Top),
            ])
            {
                AssertSame(model, classes[i], actual);
            }

            foreach (float[] actual in (float[][])
            [
                model.Featurize(paths[i]),
                model.Featurize(contents[i].Span),
                model.Featurize(Forward(contents[i])),
                await model.FeaturizeAsync(paths[i]),
                await model.FeaturizeAsync(contents[i]),
                await model.FeaturizeAsync(new MemoryStream(contents[i].ToArray())),
            ])
            {
                CollectionAssert.AreEqual(features[i], actual);
            }
        }

        foreach (ImageResult<IReadOnlyList<ClassPrediction>>[] results in (ImageResult<IReadOnlyList<ClassPrediction>>[][])
        [
            [.. model.Classify(paths, Top)],
            [.. model.Classify(contents, Top)],
            [.. await model.ClassifyAsync(paths, Top).ToArrayAsync()],
        ])
        {
            Assert.HasCount(paths.Length, results);
            foreach ((Prediction expected, ImageResult<IReadOnlyList<ClassPrediction>> result) in classes.Zip(results))
            {
                AssertSame(model, expected, result.Value);
            }
        }

        foreach (ImageResult<float[]>[] results in (ImageResult<float[]>[][])
        [
            [.. model.Featurize(paths)],
            [.. model.Featurize(contents)],
            [.. await model.FeaturizeAsync(paths).ToArrayAsync()],
        ])
        {
            Assert.HasCount(paths.Length, results);
            foreach ((float[] expected, ImageResult<float[]> result) in features.Zip(results))
            {
                CollectionAssert.AreEqual(expected, result.Value);
            }
        }
    }

    [TestMethod]
    public void Sixteen_threads_get_what_one_gets()
    {
        using var images = new DrawnImages(7);
        using MobileViTModel model = TinyModel.Load();
        (Prediction[] classes, float[][] features) = ByPipeline(model, images);
        var errors = new ConcurrentQueue<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, 16).Select(number => new Thread(() => Guard(() =>
        {
            for (int i = 0; i < 60; i++)
            {
                int image = (i + number) % 7;
                string path = images.Rows[image].Path!;
                switch (number % 4)
                {
                    case 0:
                        AssertSame(model, classes[image], model.Classify(path, Top));
                        break;
                    case 1:
                        CollectionAssert.AreEqual(features[image], model.Featurize(File.ReadAllBytes(path)));
                        break;
                    case 2:
                        AssertSame(model, classes[image], model.ClassifyAsync(path, Top).GetAwaiter().GetResult());
                        break;
                    default:
                        CollectionAssert.AreEqual(features[image], model.Featurize([path]).Single().Value);
                        break;
                }
            }
        })))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());

        Assert.IsEmpty(errors, errors.FirstOrDefault()?.ToString());

        void Guard(Action action)
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                errors.Enqueue(exception);
            }
        }
    }

    [TestMethod]
    public void A_call_allocates_its_result_and_what_decoding_allocates()
    {
        const int Calls = 200;
        using var images = new DrawnImages(2);
        using MobileViTModel model = TinyModel.Load();
        var preprocessor = new ImagePreprocessor(model.Preprocessing);
        float[] pixels = new float[preprocessor.Length];
        foreach (ImageRow row in images.Rows)
        {
            byte[] content = File.ReadAllBytes(row.Path!);
            double decoding = PerCall(() => preprocessor.Preprocess(content, pixels));
            double all = PerCall(() => model.Classify(content, Top));
            double result = PerCall(static () => GC.KeepAlive(new ClassPrediction[Top]));

            Console.WriteLine($"{Path.GetExtension(row.Path)}: {all} bytes a call, of them {decoding} for decoding and {result} the result");
            Assert.IsLessThanOrEqualTo(decoding + result + 1, all, row.Path!);
        }

        // What a garbage collection takes from a thread's unused room counts as allocated, so the least of several is what calls allocate.
        static double PerCall(Action call) => Enumerable.Range(0, 10).Min(_ => Measure(call));

        static double Measure(Action call)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Calls; i++)
            {
                call();
            }

            return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
        }
    }

    [TestMethod]
    public async Task A_call_waits_for_its_turn_until_it_is_cancelled()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Bytes, new() { MaxConcurrency = 1 });
        string path = images.Rows[0].Path!;
        byte[] content = await File.ReadAllBytesAsync(path);
        using var cancellation = new CancellationTokenSource();
        model.Calls.Turns.Take();

        Task[] cancelled =
        [
            model.ClassifyAsync(path, cancellationToken: cancellation.Token),
            model.FeaturizeAsync(content, cancellationToken: cancellation.Token),
            model.ClassifyAsync(Forward(content), cancellationToken: cancellation.Token),
            Task.Run(() => model.Classify([path], Top, cancellation.Token).ToArray()),
        ];
        Task<IReadOnlyList<ClassPrediction>> patient = model.ClassifyAsync(path, Top);
        await Task.Delay(50);
        Assert.IsFalse(cancelled.Append(patient).Any(static task => task.IsCompleted));
        await cancellation.CancelAsync();

        foreach (Task task in cancelled)
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => task.WaitAsync(TimeSpan.FromSeconds(10)));
        }

        Assert.IsFalse(patient.IsCompleted);
        model.Calls.Turns.Return();
        AssertSame(model, ByPipeline(model, images).Classes[0], await patient);
        await Assert.ThrowsAsync<OperationCanceledException>(() => model.ClassifyAsync(path, Top, cancellation.Token));
        await Assert.ThrowsAsync<OperationCanceledException>(() => model.ClassifyAsync(Forward(content), Top, null, cancellation.Token));
        Assert.AreEqual(1, model.Calls.Turns.Free);
    }

    [TestMethod]
    public async Task A_sequence_ends_where_it_is_cancelled_and_reads_few_images_ahead()
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Bytes, new() { MaxConcurrency = 2 });
        int taken = 0;
        IEnumerable<string> endless = Enumerable.Range(0, int.MaxValue).Select(i =>
        {
            taken++;
            return images.Rows[i % 4].Path!;
        });
        using var cancellation = new CancellationTokenSource();

        IEnumerable<ImageResult<float[]>> results = model.Featurize(endless, cancellationToken: cancellation.Token);
        Assert.AreEqual(0, taken);
        using IEnumerator<ImageResult<float[]>> enumerator = results.GetEnumerator();
        Assert.IsTrue(enumerator.MoveNext());
        Assert.IsInRange(1, 32, taken);
        await cancellation.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => enumerator.MoveNext());

        using var second = new CancellationTokenSource();
        int count = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (ImageResult<float[]> result in model.FeaturizeAsync(endless).WithCancellation(second.Token))
            {
                Assert.IsNull(result.Error);
                if (++count == 3)
                {
                    await second.CancelAsync();
                }
            }
        });
        Assert.AreEqual(3, count);
        Assert.AreEqual(2, model.Calls.Turns.Free);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Who_leaves_a_sequence_does_not_wait_for_turns(bool isAsync)
    {
        using var images = new DrawnImages(4);
        using MobileViTModel model = MobileViTModel.Load(TinyModel.Bytes, new() { MaxConcurrency = 2 });
        IEnumerable<string> endless = Enumerable.Range(0, int.MaxValue).Select(i => images.Rows[i % 4].Path!);
        Task left = Task.Run(async () =>
        {
            if (isAsync)
            {
                await foreach (ImageResult<float[]> result in model.FeaturizeAsync(endless))
                {
                    await TakeAll();
                    break;
                }
            }
            else
            {
                foreach (ImageResult<float[]> result in model.Featurize(endless))
                {
                    await TakeAll();
                    break;
                }
            }
        });

        await left.WaitAsync(TimeSpan.FromSeconds(20));

        model.Calls.Turns.Return();
        model.Calls.Turns.Return();
        Assert.AreEqual(2, model.Calls.Turns.Free);

        // The workers of the sequence then wait for a turn, or have none to do.
        async Task TakeAll()
        {
            await model.Calls.Turns.TakeAsync(CancellationToken.None);
            await model.Calls.Turns.TakeAsync(CancellationToken.None);
        }
    }

    [TestMethod]
    public void A_bad_image_stops_none_of_the_others()
    {
        using var images = new DrawnImages(2);
        using MobileViTModel model = TinyModel.Load();
        string text = images.PathOf("text.png"), none = images.PathOf("none.png");
        File.WriteAllText(text, "no picture");
        string[] paths = [images.Rows[0].Path!, none, "", text, "zero\0.png", images.PathOf(""), images.Rows[1].Path!];
        ReadOnlyMemory<byte>[] contents = [File.ReadAllBytes(paths[0]), default, File.ReadAllBytes(text), File.ReadAllBytes(paths[^1])];

        ImageResult<float[]>[] ofPaths = [.. model.Featurize(paths)];
        ImageResult<IReadOnlyList<ClassPrediction>>[] ofContents = [.. model.Classify(contents)];

        CollectionAssert.AreEqual(paths, ofPaths.Select(static result => result.Name).ToArray());
        Type?[] expected =
        [
            null, typeof(FileNotFoundException), typeof(ArgumentException), typeof(InvalidDataException), typeof(ArgumentException),
            typeof(UnauthorizedAccessException), null,
        ];
        CollectionAssert.AreEqual(expected, ofPaths.Select(static result => result.Error?.GetType()).ToArray());
        StringAssert.Contains(ofPaths[1].Error!.Message, none, StringComparison.Ordinal);
        StringAssert.Contains(ofPaths[3].ToString(), $"'{text}' cannot be read as an image", StringComparison.Ordinal);
        Assert.AreSame(ofPaths[1].Error, Assert.ThrowsExactly<FileNotFoundException>(() => ofPaths[1].Value));
        CollectionAssert.AreEqual(model.Featurize(paths[^1]), ofPaths[^1].Value);

        CollectionAssert.AreEqual(
            (string[])["image 0", "image 1", "image 2", "image 3"], ofContents.Select(static result => result.Name).ToArray());
        CollectionAssert.AreEqual((bool[])[true, false, false, true], ofContents.Select(static result => result.Error is null).ToArray());
        StringAssert.Contains(ofContents[1].Error!.Message, "'image 1' cannot be read as an image: it is empty", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Errors_call_the_image_what_the_caller_calls_it()
    {
        using var images = new DrawnImages(0);
        using MobileViTModel model = TinyModel.Load();
        using MobileViTModel overflowing = MobileViTModel.Load(TinyModel.Overflowing(ModelOutputs.Default));
        byte[] text = "no picture"u8.ToArray(), white = await File.ReadAllBytesAsync(images.Plain("white.png", SKColors.White).Path!);

        foreach (Func<string?, Task> call in (Func<string?, Task>[])
        [
            name => Task.FromResult(model.Classify(text, name: name)),
            name => Task.FromResult(model.Featurize(new MemoryStream(text), name: name)),
            name => model.ClassifyAsync(text, name: name),
            name => model.FeaturizeAsync(Forward(text), name: name),
            name => Task.FromResult(overflowing.Classify(white, name: name)),
            name => overflowing.FeaturizeAsync(new MemoryStream(white), name: name),
        ])
        {
            var named = await Assert.ThrowsExactlyAsync<InvalidDataException>(() => call("upload.jpg"));
            StringAssert.Contains(named.Message, "'upload.jpg'", StringComparison.Ordinal);
            var unnamed = await Assert.ThrowsExactlyAsync<InvalidDataException>(() => call(null));
            StringAssert.Contains(unnamed.Message, "'the image'", StringComparison.Ordinal);
        }

        string none = images.PathOf("none.jpg");
        foreach (Func<Task> call in (Func<Task>[])[() => Task.FromResult(model.Classify(none)), () => model.FeaturizeAsync(none)])
        {
            var missing = await Assert.ThrowsExactlyAsync<FileNotFoundException>(call);
            StringAssert.Contains(missing.Message, none, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public async Task What_cannot_be_asked_for_is_refused_at_once()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        using MobileViTModel featuresOnly = TinyModel.Load([ModelOutputs.Features]);
        using MobileViTModel small = MobileViTModel.Load(TinyModel.Bytes, new() { Decoding = new() { MaxPixels = 10 } });
        string path = images.Rows[0].Path!;

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Classify(path, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => { _ = model.ClassifyAsync(path, -1); });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => { _ = model.Classify([path], 0); });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => { _ = model.ClassifyAsync([path], 0); });
        Assert.ThrowsExactly<ArgumentException>(() => model.Classify(""));
        Assert.ThrowsExactly<ArgumentNullException>(() => model.Classify((Stream)null!));
        var output = Assert.ThrowsExactly<ArgumentException>(() => model.Featurize(path, "layer_3"));
        StringAssert.Contains(output.Message, "its outputs are logits, probabilities, features", StringComparison.Ordinal);
        var classes = Assert.ThrowsExactly<InvalidOperationException>(() => featuresOnly.Classify(path));
        StringAssert.Contains(classes.Message, "its outputs are features", StringComparison.Ordinal);
        var pixels = Assert.ThrowsExactly<InvalidDataException>(() => small.Classify(path));
        StringAssert.Contains(pixels.Message, "more than the 10 that are accepted", StringComparison.Ordinal);
        Assert.HasCount(5, model.Classify(path, 1000));
        Assert.HasCount(5, await model.ClassifyAsync(path, int.MaxValue));
        foreach (MobileViTModelOptions options in (MobileViTModelOptions[])
        [
            new() { MaxConcurrency = -1 }, new() { MaxConcurrency = 100_000 }, new() { GpuDeviceId = -1 }, new() { Decoding = null! },
            new() { Decoding = new() { MaxPixels = 0 } },
        ])
        {
            Assert.Throws<ArgumentException>(() => MobileViTModel.Load(TinyModel.Bytes, options), options.ToString());
        }
    }

    [TestMethod]
    public void A_stream_is_read_from_where_it_is_to_its_end_and_not_without_end()
    {
        using var images = new DrawnImages(1);
        using MobileViTModel model = TinyModel.Load();
        byte[] content = File.ReadAllBytes(images.Rows[0].Path!);
        using var stream = new MemoryStream([1, 2, 3, .. content]) { Position = 3 };

        CollectionAssert.AreEqual(model.Featurize(content), model.Featurize(stream));

        Assert.AreEqual(stream.Length, stream.Position);
        using var large = new LargeStream();
        foreach (Stream one in (Stream[])[large, new ForwardStream(large)])
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => model.Featurize(one, name: "bomb.png"));
            StringAssert.Contains(error.Message, "'bomb.png' has more than 256 MiB", StringComparison.Ordinal);
            Assert.AreEqual(0, one.CanSeek ? large.BytesRead : 0);
        }
    }

    [TestMethod]
    public void A_model_may_be_disposed_while_calls_are_under_way()
    {
        using var images = new DrawnImages(2);
        for (int round = 0; round < 10; round++)
        {
            MobileViTModel model = TinyModel.Load();
            using var started = new CountdownEvent(8);
            var ends = new ConcurrentBag<Exception>();
            Thread[] threads = [.. Enumerable.Range(0, 8).Select(number => new Thread(() =>
            {
                try
                {
                    for (int i = 0; ; i++)
                    {
                        string path = images.Rows[i % 2].Path!;
                        _ = (number % 3) switch
                        {
                            0 => model.Featurize(path),
                            1 => model.FeaturizeAsync(path).GetAwaiter().GetResult(),
                            _ => model.Featurize(Enumerable.Repeat(path, 10)).Last().Value,
                        };
                        if (i == 0)
                        {
                            started.Signal();
                        }
                    }
                }
                catch (Exception exception)
                {
                    ends.Add(exception);
                }
            }))];
            Array.ForEach(threads, static thread => thread.Start());
            Assert.IsTrue(started.Wait(TimeSpan.FromSeconds(30)), ends.FirstOrDefault()?.ToString());
            model.Dispose();
            Array.ForEach(threads, static thread => thread.Join());

            Assert.HasCount(8, ends);
            Assert.IsTrue(ends.All(static end => end is ObjectDisposedException), string.Join('\n', ends));
            Assert.ThrowsExactly<ObjectDisposedException>(() => model.Classify(images.Rows[0].Path!));
        }
    }

    private static ForwardStream Forward(ReadOnlyMemory<byte> content) => new(new MemoryStream(content.ToArray()));

    private (Prediction[] Classes, float[][] Features) ByPipeline(MobileViTModel model, DrawnImages images)
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(images.Rows);
        using var classifier = _mlContext.Transforms.ClassifyImages("PredictedLabel", model, "Path", new() { TopK = Top }).Fit(data);
        using var featurizer = _mlContext.Transforms.FeaturizeImages("Features", model, "Path").Fit(data);
        return (
            [.. _mlContext.Data.CreateEnumerable<Prediction>(classifier.Transform(data), reuseRowObject: false)],
            featurizer.Transform(data).Vectors("Features"));
    }

    private static void AssertSame(MobileViTModel model, Prediction expected, IReadOnlyList<ClassPrediction> actual)
    {
        CollectionAssert.AreEqual(expected.TopLabels, actual.Select(static one => one.Label).ToArray());
        CollectionAssert.AreEqual(expected.TopProbabilities, actual.Select(static one => one.Probability).ToArray());
        CollectionAssert.AreEqual(expected.TopLabels, actual.Select(one => model.Labels[one.Index]).ToArray());
        Assert.AreEqual((int)expected.PredictedLabel - 1, actual[0].Index);
    }

    /// <summary>One gibibyte of nothing.</summary>
    private sealed class LargeStream : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => 1 << 30;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            BytesRead += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
