using System.Runtime.CompilerServices;

namespace MlNetMobileViT.UnitTests;

[TestClass]
public sealed class PixelPoolTests
{
    [TestMethod]
    public void What_the_pool_keeps_is_garbage_once_it_lets_go_even_while_a_picture_holds_on_to_it()
    {
        var pool = new PixelPool();
        byte[] inUse = pool.Rent(1 << 20);
        WeakReference kept = RentAndReturn(pool);

        pool.LetGo();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        Assert.IsFalse(kept.IsAlive);
        pool.Return(inUse);
        Assert.HasCount(1 << 20, pool.Rent(1 << 20), "it goes on");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RentAndReturn(PixelPool pool)
    {
        byte[] array = pool.Rent(1 << 24);
        pool.Return(array);
        return new WeakReference(array);
    }
}
