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

    private static void InterlockedMax(ref int most, int now)
    {
        for (int seen = Volatile.Read(ref most); now > seen;)
        {
            seen = Interlocked.CompareExchange(ref most, now, seen);
        }
    }
}
