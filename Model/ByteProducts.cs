using System.Runtime.Intrinsics.X86;

namespace MlNetMobileViT;

/// <summary>How the processor multiplies bytes, which 8-bit models do most of the time.</summary>
internal static class ByteProducts
{
    /// <summary>
    /// Whether sums of products of unsigned and signed bytes saturate at 16 bits, and so may be wrong: on x64 without VNNI
    /// (<c>vpmaddubsw</c>). ONNX Runtime has slower kernels that do not, on request.
    /// </summary>
    public static bool Saturate { get; } = X86Base.IsSupported && !HasVnni();

    /// <summary>AVX512_VNNI is bit 11 of ECX in leaf 7, AVX-VNNI bit 4 of EAX in its subleaf 1 (Intel's manual, volume 2A, CPUID).</summary>
    private static bool HasVnni()
    {
        const int ExtendedFeatures = 7, Avx512Vnni = 1 << 11, AvxVnni = 1 << 4;
        if (X86Base.CpuId(0, 0).Eax < ExtendedFeatures)
        {
            return false;
        }

        return (X86Base.CpuId(ExtendedFeatures, 0).Ecx & Avx512Vnni) != 0 || (X86Base.CpuId(ExtendedFeatures, 1).Eax & AvxVnni) != 0;
    }
}
