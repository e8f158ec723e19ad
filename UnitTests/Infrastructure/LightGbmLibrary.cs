using System.Runtime.InteropServices;

namespace MlNetMobileViT.UnitTests;

/// <summary>LightGBM's native library, whose package has it for x64 only.</summary>
internal static class LightGbmLibrary
{
    /// <summary>Skips a test that trains with LightGBM where its library is missing.</summary>
    /// <param name="trainer">The trainer of the test, LightGBM or another.</param>
    public static void SkipWhereMissing(string trainer)
    {
        if (trainer == "lightgbm" && RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Assert.Inconclusive("LightGBM's package has no library for this processor.");
        }
    }
}
