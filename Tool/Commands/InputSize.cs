using System.Globalization;

namespace MlNetMobileViT.Tool;

/// <summary>The size of a model's input on the command line: <c>256</c> or <c>HxW</c>, such as <c>192x320</c>.</summary>
internal readonly record struct InputSize(int Height, int Width)
{
    public static InputSize Parse(string text)
    {
        string[] sides = text.Split('x', 'X', '×');
        int[] values =
        [
            .. sides.Select(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0),
        ];
        return values is [var height, .. { Length: <= 1 } rest] && height > 0 && !rest.Contains(0)
            ? new InputSize(height, rest.Length == 0 ? height : rest[0])
            : throw new ArgumentException(
                $"'{text}' is not an input size; write one number, such as 256, or height and width, such as 192x320.");
    }
}
