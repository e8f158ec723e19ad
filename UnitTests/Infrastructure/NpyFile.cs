using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace MlNetMobileViT.UnitTests;

/// <summary>A NumPy <c>.npy</c> file of little-endian float32 in C order.</summary>
internal sealed record NpyFile(int[] Shape, float[] Values)
{
    public static NpyFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int headerLength = BitConverter.ToUInt16(bytes, 8);
        string header = Encoding.ASCII.GetString(bytes, 10, headerLength);
        Assert.IsTrue(header.Contains("'<f4'") && header.Contains("'fortran_order': False"), $"{path}: {header}");
        int[] shape = Regex.Match(header, @"'shape': \(([^)]*)\)").Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture))
            .ToArray();
        float[] values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + headerLength)).ToArray();
        Assert.AreEqual(shape.Aggregate(1, (product, side) => product * side), values.Length, path);
        return new NpyFile(shape, values);
    }

    /// <summary>Row <paramref name="index"/> of the first dimension.</summary>
    public ReadOnlySpan<float> Row(int index)
    {
        int length = Values.Length / Shape[0];
        return Values.AsSpan(index * length, length);
    }
}
