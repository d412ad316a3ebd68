namespace Strangler.CdcSync.Debezium.Values;

/// <summary>The kinds of value that JSON, and what Avro becomes in it, can hold of a column.</summary>
internal enum RawKind
{
    Null,
    Boolean,

    /// <summary>A number; its characters are the text.</summary>
    Number,

    Text,

    /// <summary>A geometry: the text is its well-known binary in base64.</summary>
    Geometry,

    /// <summary>A number of floats, little-endian, as bytes.</summary>
    Vector,
}

/// <summary>One value as it stands in a message, over the message's own bytes.</summary>
internal readonly ref struct RawValue(RawKind kind, ReadOnlySpan<byte> text, bool isTrue = false, int srid = 0)
{
    public RawKind Kind { get; } = kind;

    /// <summary>A number's characters, a string's in UTF-8, a vector's bytes.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    public bool IsTrue { get; } = isTrue;

    public int Srid { get; } = srid;
}
