namespace Strangler.CdcSync.Binlog.Values;

/// <summary>The types of columns as table-map events number them. https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html</summary>
internal enum ColumnType : byte
{
    Decimal = 0,
    Tiny = 1,
    Short = 2,
    Long = 3,
    Float = 4,
    Double = 5,
    Null = 6,
    Timestamp = 7,
    LongLong = 8,
    Int24 = 9,
    Date = 10,
    Time = 11,
    DateTime = 12,
    Year = 13,
    NewDate = 14,
    VarChar = 15,
    Bit = 16,
    Timestamp2 = 17,
    DateTime2 = 18,
    Time2 = 19,
    TypedArray = 20,

    /// <summary>MariaDB: a BLOB or TEXT column declared COMPRESSED.</summary>
    BlobCompressed = 140,

    /// <summary>MariaDB: a VARCHAR or VARBINARY column declared COMPRESSED.</summary>
    VarCharCompressed = 141,
    Vector = 242,
    Json = 245,
    NewDecimal = 246,
    Enum = 247,
    Set = 248,
    TinyBlob = 249,
    MediumBlob = 250,
    LongBlob = 251,
    Blob = 252,
    VarString = 253,
    String = 254,
    Geometry = 255,
}

/// <summary>One column as a table-map event describes it, completed from the source's catalogue where the event is silent.</summary>
internal sealed record BinlogColumn(ColumnType Type, int Metadata)
{
    public bool Unsigned { get; init; }

    /// <summary>The character set of a character column, <c>binary</c> for a binary one, null when the log does not say.</summary>
    public string? CharacterSet { get; init; }

    public string? Name { get; init; }

    public bool IsNullable { get; init; }

    /// <summary>The members of an ENUM or SET in their order, null when the log does not say.</summary>
    public IReadOnlyList<string>? Members { get; init; }

    /// <summary>A geometry column's type as the server numbers it (1 is POINT), null when the log does not say.</summary>
    public int? GeometryType { get; init; }

    public bool IsInteger => Type is ColumnType.Tiny or ColumnType.Short or ColumnType.Int24 or ColumnType.Long or ColumnType.LongLong;

    /// <summary>Whether optional metadata has a signedness bit for it.</summary>
    public bool IsNumeric => IsInteger || Type is ColumnType.Year or ColumnType.Float or ColumnType.Double or ColumnType.Decimal or ColumnType.NewDecimal;

    /// <summary>Whether optional metadata has a character set for it.</summary>
    public bool IsCharacter => Type is ColumnType.String or ColumnType.VarString or ColumnType.VarChar or ColumnType.TinyBlob or ColumnType.Blob
        or ColumnType.MediumBlob or ColumnType.LongBlob or ColumnType.BlobCompressed or ColumnType.VarCharCompressed;

    public bool IsEnumOrSet => Type is ColumnType.Enum or ColumnType.Set;
}
