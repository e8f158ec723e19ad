using System.Globalization;

namespace MlNetMobileViT;

/// <summary>Names made up for classes whose own stand twice or are empty: names of classes serve as keys, and must differ.</summary>
internal static class DistinctNames
{
    /// <summary>A name that tells a class from the others by its number.</summary>
    /// <param name="name">The class's own name.</param>
    /// <param name="index">The number of the class.</param>
    /// <param name="taken">All names that are taken, those of later classes too; the new one is added.</param>
    public static string Make(string name, int index, HashSet<string> taken)
    {
        string distinct = name.Length == 0
            ? index.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{name} ({index})");
        while (!taken.Add(distinct))
        {
            distinct = string.Create(CultureInfo.InvariantCulture, $"{distinct} ({index})");
        }

        return distinct;
    }
}
