namespace MlNetMobileViT.UnitTests;

/// <summary>Turns are never lost and never more than there are, whoever waits for them and however the wait ends.</summary>
[TestClass]
public sealed class TurnsTests
{
    [TestMethod]
    public async Task Threads_and_tasks_share_the_turns_though_some_give_up()
    {
        const int Count = 3;
        var turns = new Turns(Count);
        int inside = 0, most = 0, done = 0, cancelled = 0;
        Task[] workers = [.. Enumerable.Range(0, 24).Select(number => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(number);
                for (int i = 0; i < 300; i++)
                {
                    using var cancellation = new CancellationTokenSource();
                    if (number % 3 == 0 && i % 10 == 0)
                    {
                        cancellation.Cancel(); // Some give up for certain, however quickly turns come by.
                    }
                    else if (number % 3 == 0)
                    {
                        cancellation.CancelAfter(TimeSpan.FromMilliseconds(random.Next(3)));
                    }

                    try
                    {
                        if (number % 2 == 0)
                        {
                            turns.Take(cancellation.Token);
                        }
                        else
                        {
                            turns.TakeAsync(cancellation.Token).GetAwaiter().GetResult();
                        }
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                        continue;
                    }

                    int now = Interlocked.Increment(ref inside);
                    InterlockedMax(ref most, now);
                    Thread.SpinWait(random.Next(2000));
                    Interlocked.Decrement(ref inside);
                    turns.Return();
                    Interlocked.Increment(ref done);
                }
            },
            TaskCreationOptions.LongRunning))];

        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.AreEqual(24 * 300, done + cancelled);
        Assert.IsGreaterThanOrEqualTo(8 * 30, cancelled);
        Assert.AreEqual(Count, turns.Free);
        Assert.IsInRange(2, Count, most);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_thread_gets_its_turn_beside_tasks_that_never_let_up(bool ofThePool)
    {
        var turns = new Turns(2);
        bool isEnough = false;
        // Twenty that stand in line again before they give their turn back: the line is never empty.
        Task[] tasks = [.. Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            await turns.TakeAsync(CancellationToken.None);
            while (!Volatile.Read(ref isEnough))
            {
                Task next = turns.TakeAsync(CancellationToken.None);
                await Task.Yield();
                turns.Return();
                await next;
            }

            turns.Return();
        }))];

        void Call()
        {
            turns.Take();
            turns.Return();
        }

        Task call = Task.Factory.StartNew(
            Call, CancellationToken.None, ofThePool ? TaskCreationOptions.None : TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await call.WaitAsync(TimeSpan.FromSeconds(30));
        Volatile.Write(ref isEnough, true);
        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.AreEqual(2, turns.Free);
    }

    [TestMethod]
    public async Task Threads_of_the_pool_that_wait_do_not_keep_it_from_the_tasks_whose_turn_has_come()
    {
        var turns = new Turns(1);
        turns.Take();
        Task[] tasks = [.. Enumerable.Range(0, 20).Select(async _ =>
        {
            await turns.TakeAsync(CancellationToken.None).ConfigureAwait(false);
            await Task.Run(static () => { }).ConfigureAwait(false);
            turns.Return();
        })];
        // More than the pool has threads, and behind the tasks in the line.
        Task[] threads = [.. Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => Task.Run(() =>
        {
            turns.Take();
            turns.Return();
        }))];
        await Task.Delay(50);

        turns.Return();

        await Task.WhenAll([.. tasks, .. threads]).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.AreEqual(1, turns.Free);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Who_gives_up_leaves_the_line_to_those_behind(bool isTask)
    {
        var turns = new Turns(1);
        turns.Take();
        using var cancellation = new CancellationTokenSource();
        Task first = isTask ? turns.TakeAsync(cancellation.Token) : Task.Run(() => turns.Take(cancellation.Token));
        await Task.Delay(50);
        Task second = turns.TakeAsync(CancellationToken.None);

        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => first.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.AreEqual(cancellation.Token, error.CancellationToken);
        Assert.IsFalse(second.IsCompleted);
        turns.Return();
        await second.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Throws<OperationCanceledException>(() => turns.Take(cancellation.Token));
        turns.Return();
        Assert.AreEqual(1, turns.Free);
    }

    [TestMethod]
    public void A_turn_that_is_free_allocates_nothing()
    {
        var turns = new Turns(1);
        Assert.AreEqual(0, Enumerable.Range(0, 5).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                turns.Take();
                turns.Return();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (int seen = Volatile.Read(ref most); now > seen;)
        {
            seen = Interlocked.CompareExchange(ref most, now, seen);
        }
    }
}
