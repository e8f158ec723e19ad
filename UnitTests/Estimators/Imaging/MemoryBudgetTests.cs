namespace MlNetMobileViT.UnitTests.Estimators.Imaging;

[TestClass]
public sealed class MemoryBudgetTests
{
    private const long Limit = 100;

    [TestMethod]
    public void Pictures_take_no_more_than_the_limit_together_and_a_larger_one_is_alone()
    {
        const int Threads = 8, Pictures = 2000;
        var budget = new MemoryBudget(Limit, static () => long.MaxValue);
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
        var budget = new MemoryBudget(Limit, static () => long.MaxValue);
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
        var budget = new MemoryBudget(Limit, static () => 300L << 20);

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
        var budget = new MemoryBudget(Limit, static () => long.MaxValue);
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
