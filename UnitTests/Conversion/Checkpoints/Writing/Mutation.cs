using System.Buffers.Binary;

namespace MlNetMobileViT.UnitTests;

/// <summary>Damage to a file: flipped bits, other bytes, extreme numbers, bytes that are missing, repeated or too many.</summary>
internal static class Mutation
{
    private static readonly ulong[] Extremes =
        [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, ulong.MaxValue];

    /// <summary>A damaged copy; the same seed gives the same damage.</summary>
    public static byte[] Of(byte[] file, int seed)
    {
        var random = new Random(seed);
        var bytes = new List<byte>(file);
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int position = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 40), bytes.Count - position);
            switch (random.Next(7))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 2:
                    byte[] number = new byte[sizeof(ulong)];
                    BinaryPrimitives.WriteUInt64LittleEndian(number, Extremes[random.Next(Extremes.Length)]);
                    int size = Math.Min(1 << random.Next(4), bytes.Count - position);
                    bytes.RemoveRange(position, size);
                    bytes.InsertRange(position, number[..size]);
                    break;
                case 3:
                    bytes.RemoveRange(position, Math.Min(length, bytes.Count - 1));
                    break;
                case 4:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(position, length));
                    break;
                case 5:
                    bytes.InsertRange(position, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 200)));
                    break;
                default:
                    // Digits in the text of a JSON header, sizes in binary ones.
                    int digit = bytes.FindIndex(position, value => value is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        bytes[digit] = (byte)random.Next('0', '9' + 1);
                        bytes.InsertRange(digit, Enumerable.Repeat((byte)'9', random.Next(3) * 7));
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
