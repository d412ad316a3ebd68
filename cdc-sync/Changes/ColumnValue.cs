using System.Globalization;

namespace Strangler.CdcSync.Changes;

/// <summary>How a <see cref="ColumnValue"/> is held.</summary>
internal enum ValueKind : byte
{
    /// <summary>The change does not say: a partial row image.</summary>
    Absent,
    Null,
    Int64,
    UInt64,
    Single,
    Double,
    Text,
    Bytes,
}

/// <summary>
/// One value of a row, the same whichever source it came from. Integers, YEAR, ENUM (its index), SET and BIT (their bits) are numbers;
/// DECIMAL, dates, times and JSON are text as the server prints them; character columns are text, or bytes in the column's own character
/// set where that is not known here; everything else is bytes.
/// </summary>
internal readonly struct ColumnValue : IEquatable<ColumnValue>
{
    private readonly long _bits;
    private readonly object? _reference;

    private ColumnValue(ValueKind kind, long bits, object? reference)
    {
        Kind = kind;
        _bits = bits;
        _reference = reference;
    }

    public static ColumnValue Null { get; } = new(ValueKind.Null, 0, null);

    public ValueKind Kind { get; }

    public bool IsNull => Kind == ValueKind.Null;

    public bool IsAbsent => Kind == ValueKind.Absent;

    public long Int64 => _bits;

    public ulong UInt64 => unchecked((ulong)_bits);

    public double Double => BitConverter.Int64BitsToDouble(_bits);

    public string Text => (string)_reference!;

    public byte[] Bytes => (byte[])_reference!;

    public static ColumnValue Of(long value) => new(ValueKind.Int64, value, null);

    /// <summary>A number that fits a signed one is held as such, so that equal numbers are equal values.</summary>
    public static ColumnValue Of(ulong value) => new(value <= long.MaxValue ? ValueKind.Int64 : ValueKind.UInt64, unchecked((long)value), null);

    public static ColumnValue Of(float value) => new(ValueKind.Single, BitConverter.DoubleToInt64Bits(value), null);

    public static ColumnValue Of(double value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value), null);

    public static ColumnValue Of(string value) => new(ValueKind.Text, 0, value);

    public static ColumnValue Of(byte[] value) => new(ValueKind.Bytes, 0, value);

    public bool Equals(ColumnValue other) => Kind == other.Kind && Kind switch
    {
        ValueKind.Text => string.Equals(Text, other.Text, StringComparison.Ordinal),
        ValueKind.Bytes => Bytes.AsSpan().SequenceEqual(other.Bytes),
        _ => _bits == other._bits,
    };

    public override bool Equals(object? obj) => obj is ColumnValue other && Equals(other);

    public override int GetHashCode()
    {
        switch (Kind)
        {
            case ValueKind.Text:
                return string.GetHashCode(Text, StringComparison.Ordinal);
            case ValueKind.Bytes:
                var hash = default(HashCode);
                hash.AddBytes(Bytes);
                return hash.ToHashCode();
            default:
                return HashCode.Combine(Kind, _bits);
        }
    }

    /// <summary>The value as a key in text, as dirty keys carry it.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Absent => "(absent)",
        ValueKind.Null => "NULL",
        ValueKind.Int64 => Int64.ToString(CultureInfo.InvariantCulture),
        ValueKind.UInt64 => UInt64.ToString(CultureInfo.InvariantCulture),
        ValueKind.Single => ((float)Double).ToString("R", CultureInfo.InvariantCulture),
        ValueKind.Double => Double.ToString("R", CultureInfo.InvariantCulture),
        ValueKind.Text => Text,
        _ => "0x" + Convert.ToHexString(Bytes),
    };
}

/// <summary>The values of a row's key, in the key's order; equal when all values are exactly equal.</summary>
internal readonly struct RowKey(ColumnValue[] values) : IEquatable<RowKey>
{
    public ColumnValue[] Values { get; } = values;

    public bool Equals(RowKey other) => Values.AsSpan().SequenceEqual(other.Values);

    public override bool Equals(object? obj) => obj is RowKey other && Equals(other);

    public override int GetHashCode()
    {
        if (Values.Length == 1)
        {
            return Values[0].GetHashCode();
        }

        var hash = default(HashCode);
        foreach (var value in Values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(",", Values);
}
