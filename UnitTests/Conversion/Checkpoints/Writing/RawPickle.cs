using System.Text;

namespace MlNetMobileViT.UnitTests;

/// <summary>Opcodes that a test writes itself, without the protocol and the final stop.</summary>
internal sealed record RawPickle(byte[] Bytes)
{
    /// <summary>Opcodes given as Latin-1 text.</summary>
    public static RawPickle Of(string latin1) => new(Encoding.Latin1.GetBytes(latin1));
}
