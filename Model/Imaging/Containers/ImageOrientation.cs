namespace MlNetMobileViT;

/// <summary>
/// Where the pixels of an upright image lie in the stored one: the eight EXIF orientations as a transposition and two
/// directions.
/// </summary>
/// <param name="Transposed">Whether rows of the upright image are columns of the stored one.</param>
/// <param name="MirroredX">Whether the stored image's x axis is run through backwards.</param>
/// <param name="MirroredY">Whether the stored image's y axis is run through backwards.</param>
internal readonly record struct ImageOrientation(bool Transposed, bool MirroredX, bool MirroredY)
{
    /// <summary>Stored upright.</summary>
    public static ImageOrientation Upright => default;

    /// <summary>The value of the EXIF tag.</summary>
    public int ExifValue
    {
        get
        {
            int value = 1;
            while (FromExif(value) != this)
            {
                value++;
            }

            return value;
        }
    }

    /// <summary>The orientation for a value of the EXIF tag 0x0112 (1 to 8); upright for anything else.</summary>
    public static ImageOrientation FromExif(int value) => value switch
    {
        2 => new(Transposed: false, MirroredX: true, MirroredY: false),
        3 => new(Transposed: false, MirroredX: true, MirroredY: true),
        4 => new(Transposed: false, MirroredX: false, MirroredY: true),
        5 => new(Transposed: true, MirroredX: false, MirroredY: false),
        6 => new(Transposed: true, MirroredX: false, MirroredY: true),
        7 => new(Transposed: true, MirroredX: true, MirroredY: true),
        8 => new(Transposed: true, MirroredX: true, MirroredY: false),
        _ => Upright,
    };
}
