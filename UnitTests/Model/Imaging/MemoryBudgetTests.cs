namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class MemoryBudgetTests
{
    private const long Limit = 100;

    [TestMethod]
    public void Pictures_take_no_more_than_the_limit_together_and_a_larger_one_is_alone()
    {
        const int Threads = 8, Pictures = 2000;
        var budget = new MemoryBudget(Limit, static () => long.MaxValue, static () => { });
        long used = 0;
        long inWork = 0;
        long wrong = 0;
        long most = 0;
        Task[] tasks = Enumerable.Range(0, Threads).Select(seed => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(seed);
                for (int i = 0; i < Pictures; i++)
                {
                    long bytes = random.Next(20) == 0 ? 150 : random.Next(1, 60);
                    budget.Take(bytes, "a.png", 1, 1);
                    long now = Interlocked.Add(ref used, bytes);
                    long others = Interlocked.Increment(ref inWork) - 1;
                    if (now > Limit && others > 0)
                    {
                        Interlocked.Increment(ref wrong);
                    }

                    InterlockedMax(ref most, others + 1);
                    Thread.Yield();
                    Interlocked.Decrement(ref inWork);
                    Interlocked.Add(ref used, -bytes);
                    budget.Return(bytes);
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(tasks);

        Assert.AreEqual(0, wrong);
        Assert.IsGreaterThan(1, most, "several at once");
        Assert.AreEqual(0, budget.Waiting);
    }

    [TestMethod]
    public void Who_came_first_goes_first_even_if_a_smaller_one_would_fit()
    {
        var budget = new MemoryBudget(Limit, static () => long.MaxValue, static () => { });
        var order = new List<string>();
        budget.Take(60, "first", 1, 1);
        Thread large = Start(() => TakeAndReturn(150, "large"));
        SpinWait.SpinUntil(() => budget.Waiting == 1);
        Thread small = Start(() => TakeAndReturn(10, "small"));
        SpinWait.SpinUntil(() => budget.Waiting == 2);

        budget.Return(60);
        large.Join();
        small.Join();

        CollectionAssert.AreEqual((string[])["large", "small"], order);

        void TakeAndReturn(long bytes, string name)
        {
            budget.Take(bytes, name, 1, 1);
            lock (order)
            {
                order.Add(name);
            }

            budget.Return(bytes);
        }
    }

    [TestMethod]
    public void A_picture_for_which_there_is_no_memory_is_an_error_that_says_how_much_it_takes()
    {
        var budget = new MemoryBudget(Limit, static () => 300L << 20, static () => { });

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => budget.Take(676_000_000, "a.png", 13000, 13000));

        Assert.AreEqual(
            "'a.png' declares 13000×13000 pixels, which take 644 MB of memory to decode, more than the 300 MB that this process has "
            + "left; scale it down, or give the process more memory.",
            exception.Message);
        budget.Take(Limit, "b.png", 1, 1);
        budget.Return(Limit);
    }

    [TestMethod]
    public void A_thread_that_is_interrupted_while_it_waits_keeps_nobody_waiting()
    {
        var budget = new MemoryBudget(Limit, static () => long.MaxValue, static () => { });
        budget.Take(60, "first", 1, 1);
        Thread interrupted = Start(() => Assert.ThrowsExactly<ThreadInterruptedException>(() => budget.Take(90, "large", 1, 1)));
        SpinWait.SpinUntil(() => budget.Waiting == 1);
        Thread small = Start(() => budget.Take(10, "small", 1, 1));
        SpinWait.SpinUntil(() => budget.Waiting == 2);

        interrupted.Interrupt();
        interrupted.Join();
        small.Join();

        Assert.AreEqual(0, budget.Waiting);
    }

    [TestMethod]
    public void A_file_that_is_held_gets_room_for_its_picture_at_once_or_not_at_all()
    {
        var budget = new MemoryBudget(Limit, static () => long.MaxValue, static () => { });
        var picture = new PictureMemory(60, 1, 1);
        budget.Take(30, default, "first.bmp");
        budget.Take(30, default, "second.bmp");
        Assert.IsFalse(budget.TryTakeBesides(30, picture, "first.bmp"), "30 + 30 + 60 is more than the limit");
        Assert.IsTrue(budget.TryTakeBesides(30, picture with { Bytes = 40 }, "second.bmp"));
        budget.Return(30);

        Thread again = Start(() => budget.Take(30, picture, "first.bmp"));
        SpinWait.SpinUntil(() => budget.Waiting == 1);
        Assert.IsTrue(budget.TryTakeBesides(70, picture, "second.bmp"), "alone, and whoever waits does not keep it waiting");
        budget.Return(130);
        again.Join();

        Assert.IsTrue(budget.TryTakeBesides(90, default, "first.bmp"), "it has all that it takes");
        budget.Return(90);
        budget.Take(Limit, "all.png", 1, 1);
    }

    [TestMethod]
    public void Files_and_their_pictures_take_no_more_than_the_limit_together_and_nobody_waits_for_ever()
    {
        const int Threads = 8, Files = 500;
        var budget = new MemoryBudget(Limit, static () => long.MaxValue, static () => { });
        long wrong = 0;
        long used = 0;
        long inWork = 0;
        Task[] tasks = Enumerable.Range(0, Threads).Select(seed => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(seed);
                for (int i = 0; i < Files; i++)
                {
                    int length = random.Next(1, 60);
                    var needed = new PictureMemory(random.Next(1, 90), 1, 1);
                    PictureMemory known = default;
                    bool isDone = false;
                    for (int reading = 0; !isDone; reading++)
                    {
                        budget.Take(length, known, "a.bmp");
                        long held = length + known.Bytes;
                        Count(held, 1);
                        Thread.Yield();
                        long besides = needed.Bytes - known.Bytes;
                        isDone = budget.TryTakeBesides(held, needed with { Bytes = besides }, "a.bmp");
                        if (isDone)
                        {
                            Count(besides, 0);
                            Thread.Yield();
                            held += besides;
                        }

                        Interlocked.Add(ref wrong, isDone || reading == 0 ? 0 : 1);
                        Count(-held, -1);
                        budget.Return(held);
                        known = needed;
                    }
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();

        Assert.IsTrue(Task.WaitAll(tasks, TimeSpan.FromSeconds(60)), "somebody waits");
        Assert.AreEqual(0, wrong);
        Assert.AreEqual(0, used);

        void Count(long bytes, int pictures)
        {
            lock (budget)
            {
                used += bytes;
                inWork += pictures;
                wrong += bytes > 0 && used > Limit && inWork > 1 ? 1 : 0;
            }
        }
    }

    [TestMethod]
    public void A_picture_is_refused_only_if_freeing_what_is_not_used_does_not_help()
    {
        long left = 100;
        int collections = 0;
        var budget = new MemoryBudget(Limit, () => left, () => left = ++collections == 1 ? 150 : left);

        budget.Take(150, "a.png", 1, 1);
        budget.Return(150);
        budget.Take(150, "b.png", 1, 1);
        budget.Return(150);
        Assert.AreEqual(1, collections, "there was enough the second time");

        Assert.ThrowsExactly<InvalidDataException>(() => budget.Take(151, "c.png", 1, 1));
        Assert.AreEqual(2, collections);
    }

    [TestMethod]
    public void A_file_that_there_is_no_memory_for_is_an_error_that_says_so()
    {
        var budget = new MemoryBudget(Limit, static () => 300L << 20, static () => { });

        Assert.AreEqual(
            "'a.bmp' is too large for the memory of this process; give the process more memory.",
            Assert.ThrowsExactly<InvalidDataException>(() => budget.Take(400L << 20, default, "a.bmp")).Message);
        Assert.AreEqual(
            "'a.bmp' declares 9000×9000 pixels, which take 308 MB of memory to decode, more than the 200 MB that this process has "
            + "left; scale it down, or give the process more memory.",
            Assert.ThrowsExactly<InvalidDataException>(
                () => budget.Take(100L << 20, new PictureMemory(324_000_000, 9000, 9000), "a.bmp")).Message);
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        return thread;
    }

    private static void InterlockedMax(ref long location, long value)
    {
        long seen;
        while (value > (seen = Volatile.Read(ref location)))
        {
            Interlocked.CompareExchange(ref location, value, seen);
        }
    }
}
