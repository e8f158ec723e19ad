using System.Globalization;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMobileViT;

/// <summary>The values of an input column for the rows in flight, by slot.</summary>
internal abstract class BufferedColumn
{
    /// <summary>Creates the buffer for a column of a row.</summary>
    public static BufferedColumn Create(DataViewRow input, DataViewSchema.Column column, int slots)
    {
        Type type = column.Type is VectorDataViewType vector
            ? typeof(BufferedVectorColumn<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(BufferedColumn<>).MakeGenericType(column.Type.RawType);
        // What the input throws is for the consumer, who need not know that it came by reflection.
        return (BufferedColumn)Activator.CreateInstance(
            type, BindingFlags.DoNotWrapExceptions, binder: null, [input, column, slots], CultureInfo.InvariantCulture)!;
    }

    /// <summary>
    /// Takes the value of the input's current row. An error of the input's getter is one of this value: it waits for whoever
    /// asks for the value, so that rows before it are not lost, nor those after it, nor this one to whoever does not ask.
    /// </summary>
    public abstract void Read(int slot);

    /// <summary>Whether the input's getter threw for the value in a slot.</summary>
    public abstract bool HasFailed(int slot);

    /// <summary>Throws what the input's getter threw for the value in a slot.</summary>
    public abstract void ThrowIfFailed(int slot);

    /// <summary>A getter, as the view's consumers want it, of the value in the slot that is current when it is called.</summary>
    public abstract Delegate CreateGetter(Func<int> currentSlot);
}

/// <summary>The values of a scalar column, of text or of images.</summary>
internal class BufferedColumn<T>(DataViewRow input, DataViewSchema.Column column, int slots) : BufferedColumn
{
    private readonly ValueGetter<T> _getter = input.GetGetter<T>(column);
    private readonly ExceptionDispatchInfo?[] _errors = new ExceptionDispatchInfo?[slots];
    private readonly bool[] _wasHandedOut = new bool[slots];
    private readonly T[] _takenBack = new T[slots];

    public T[] Values { get; } = new T[slots];

    public override void Read(int slot)
    {
        if (_wasHandedOut[slot])
        {
            // An object that the consumer has, an image say, is the consumer's. The input gets the one that the consumer gave
            // for it, to use again or to dispose of, as if there were nothing between the two.
            Values[slot] = _takenBack[slot];
            _takenBack[slot] = default!;
            _wasHandedOut[slot] = false;
        }

        _errors[slot] = null;
        try
        {
            _getter(ref Values[slot]);
        }
        catch (Exception exception)
        {
            _errors[slot] = ExceptionDispatchInfo.Capture(exception);
        }
    }

    public override bool HasFailed(int slot) => _errors[slot] is not null;

    public override void ThrowIfFailed(int slot) => _errors[slot]?.Throw();

    public override Delegate CreateGetter(Func<int> currentSlot)
    {
        ValueGetter<T> getter = (ref T value) =>
        {
            int slot = currentSlot();
            ThrowIfFailed(slot);
            T given = value;
            if (HandOut(ref Values[slot], ref value) && !_wasHandedOut[slot])
            {
                _takenBack[slot] = given;
                _wasHandedOut[slot] = true;
            }
        };
        return getter;
    }

    /// <summary>Gives a value to the consumer; returns whether the consumer now holds the same object.</summary>
    protected virtual bool HandOut(ref T source, ref T destination)
    {
        destination = source;
        return !typeof(T).IsValueType;
    }
}

/// <summary>The values of a vector column.</summary>
internal sealed class BufferedVectorColumn<TItem>(DataViewRow input, DataViewSchema.Column column, int slots)
    : BufferedColumn<VBuffer<TItem>>(input, column, slots)
{
    protected override bool HandOut(ref VBuffer<TItem> source, ref VBuffer<TItem> destination)
    {
        source.CopyTo(ref destination);
        return false;
    }
}
