using System.Runtime.ExceptionServices;

namespace MlNetMobileViT;

/// <summary>What became of one image among many: a value, or the error where the image cannot be read.</summary>
/// <typeparam name="T">What is made of an image.</typeparam>
public sealed class ImageResult<T>
{
    private readonly T? _value;

    internal ImageResult(string name, T? value, Exception? error)
    {
        Name = name;
        _value = value;
        Error = error;
    }

    /// <summary>The path of the image, as it was given; <c>image 0</c> and so on for images that have none.</summary>
    public string Name { get; }

    /// <summary>What was made of the image. It throws <see cref="Error"/> where there is one.</summary>
    public T Value
    {
        get
        {
            if (Error is not null)
            {
                ExceptionDispatchInfo.Throw(Error);
            }

            return _value!;
        }
    }

    /// <summary>Why there is no value; null where there is one.</summary>
    public Exception? Error { get; }

    /// <summary>A line for people: the name, with the error where there is one.</summary>
    public override string ToString() => Error is null ? Name : $"{Name}: {Error.Message}";
}
