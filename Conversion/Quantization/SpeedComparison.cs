using System.Diagnostics;

namespace MlNetMobileViT.Conversion;

/// <summary>How many times as fast as another a model is: one thread, one picture.</summary>
internal static class SpeedComparison
{
    private const int WarmUps = 3;
    private const int Pairs = 15;

    /// <summary>The median over runs that take turns, so that both see the same machine.</summary>
    public static double Measure(PictureSession slow, PictureSession fast, float[] pixels, CancellationToken cancellationToken)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            Time(slow, pixels);
            Time(fast, pixels);
        }

        double[] ratios = new double[Pairs];
        for (int i = 0; i < Pairs; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ratios[i] = Time(slow, pixels) / Time(fast, pixels);
        }

        Array.Sort(ratios);
        return ratios[Pairs / 2];
    }

    private static double Time(PictureSession session, float[] pixels)
    {
        long start = Stopwatch.GetTimestamp();
        session.Run(pixels, session.Outputs, static (_, _) => { });
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
