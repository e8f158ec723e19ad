using System.Reflection;
using SkiaSharp;

namespace MlNetMobileViT;

/// <summary>
/// Whether SkiaSharp and its native library belong together. An application's own reference to another version of the package
/// replaces the one, but on Linux not the other.
/// </summary>
internal static class NativeSkia
{
    private static readonly (string? Problem, Exception? Cause) State = Look();

    /// <summary>Says what to do where images cannot be decoded at all, before the first of them.</summary>
    /// <exception cref="InvalidOperationException">SkiaSharp does not work; the message names the versions and the package.</exception>
    public static void ThrowIfUnusable()
    {
        if (State.Problem is not null)
        {
            throw new InvalidOperationException(State.Problem, State.Cause);
        }
    }

    /// <summary>The sentence for two versions that do not belong together.</summary>
    /// <param name="package">The version of SkiaSharp.</param>
    /// <param name="native">Skia's milestone of the native library; null if there is none.</param>
    /// <param name="isWindows">Whether this is Windows.</param>
    /// <param name="isMacOS">Whether this is macOS.</param>
    public static string Explain(Version package, Version? native, bool isWindows, bool isMacOS)
    {
        // SkiaSharp 2.88 was the last 2.x, and every version's second number is the milestone of its Skia.
        const int LastMilestoneOfVersion2 = 88;
        string system = isWindows ? "Win32" : isMacOS ? "macOS" : "Linux.NoDependencies";
        string found = native is null
            ? "there is no native library for it here"
            : $"the native library beside it is that of SkiaSharp {(native.Major <= LastMilestoneOfVersion2 ? 2 : 3)}.{native.Major}";
        return $"This application uses SkiaSharp {package.ToString(3)}, but {found}; add the package SkiaSharp.NativeAssets.{system} "
            + $"{package.ToString(3)} to its project.";
    }

    private static (string? Problem, Exception? Cause) Look()
    {
        try
        {
            _ = SKData.Empty;
            return (null, null);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException)
        {
            // The version of the assembly stays at 2.88.0 for all of 2.88; that of the file is the package's.
            Assembly skia = typeof(SKData).Assembly;
            string? version = skia.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version;
            return (
                Explain(
                    version is null ? skia.GetName().Version! : Version.Parse(version),
                    NativeVersion(),
                    OperatingSystem.IsWindows(),
                    OperatingSystem.IsMacOS()),
                exception);
        }
    }

    private static Version? NativeVersion()
    {
        try
        {
            return SkiaSharpVersion.Native;
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }
}
