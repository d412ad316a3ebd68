using System.Text;
using Strangler.CdcSync.Binlog.Values;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>
/// What servers since MySQL 8.0 and MariaDB 10.5 add to a table-map event: signedness, character sets, and with <c>binlog_row_metadata=FULL</c>
/// names, the members of ENUM and SET, geometry types and the primary key.
/// </summary>
internal static class OptionalMetadata
{
    private const byte Signedness = 1;
    private const byte DefaultCharacterSet = 2;
    private const byte ColumnCharacterSets = 3;
    private const byte ColumnNames = 4;
    private const byte SetMembers = 5;
    private const byte EnumMembers = 6;
    private const byte GeometryTypes = 7;
    private const byte PrimaryKey = 8;
    private const byte PrimaryKeyWithPrefixes = 9;

    /// <summary>Completes the columns with what the rest of the event says; unknown fields are passed over.</summary>
    public static (bool Signedness, bool CharacterSets, int[]? PrimaryKey) Read(ref ByteReader reader, BinlogColumn[] columns)
    {
        var (signedness, characterSets) = (false, false);
        int[]? primaryKey = null;
        while (reader.Remaining > 0)
        {
            var field = reader.ReadByte();
            var value = new ByteReader(reader.ReadLengthEncodedBytes());
            switch (field)
            {
                case Signedness:
                    ReadSignedness(ref value, columns);
                    signedness = true;
                    break;
                case DefaultCharacterSet:
                    ReadDefaultCharacterSet(ref value, columns);
                    characterSets = true;
                    break;
                case ColumnCharacterSets:
                    ReadCharacterSets(ref value, columns);
                    characterSets = true;
                    break;
                case ColumnNames:
                    for (var i = 0; i < columns.Length; i++)
                    {
                        columns[i] = columns[i] with { Name = Encoding.UTF8.GetString(value.ReadLengthEncodedBytes()) };
                    }

                    break;
                case SetMembers:
                    ReadMembers(ref value, columns, ColumnType.Set);
                    break;
                case EnumMembers:
                    ReadMembers(ref value, columns, ColumnType.Enum);
                    break;
                case GeometryTypes:
                    for (var i = 0; i < columns.Length && value.Remaining > 0; i++)
                    {
                        columns[i] = columns[i].Type == ColumnType.Geometry ? columns[i] with { GeometryType = (int)value.ReadLengthEncoded() } : columns[i];
                    }

                    break;
                case PrimaryKey or PrimaryKeyWithPrefixes:
                    primaryKey = ReadPrimaryKey(ref value, columns.Length, field == PrimaryKeyWithPrefixes);
                    break;
            }
        }

        return (signedness, characterSets, primaryKey);
    }

    // One bit for each numeric column, the first in the highest bit.
    private static void ReadSignedness(ref ByteReader value, BinlogColumn[] columns)
    {
        var (bits, used) = ((byte)0, 8);
        for (var i = 0; i < columns.Length; i++)
        {
            if (!columns[i].IsNumeric)
            {
                continue;
            }

            if (used == 8)
            {
                if (value.Remaining == 0)
                {
                    return;
                }

                (bits, used) = (value.ReadByte(), 0);
            }

            columns[i] = columns[i] with { Unsigned = (bits & (0x80 >> used)) != 0 };
            used++;
        }
    }

    // The members are in the column's own character set, which servers give as UTF-8 here.
    private static void ReadMembers(ref ByteReader value, BinlogColumn[] columns, ColumnType type)
    {
        for (var i = 0; i < columns.Length && value.Remaining > 0; i++)
        {
            if (columns[i].Type != type)
            {
                continue;
            }

            var members = new string[value.ReadLength()];
            for (var j = 0; j < members.Length; j++)
            {
                members[j] = Encoding.UTF8.GetString(value.ReadLengthEncodedBytes());
            }

            columns[i] = columns[i] with { Members = members };
        }
    }

    private static int[] ReadPrimaryKey(ref ByteReader value, int columns, bool hasPrefixes)
    {
        var key = new List<int>();
        while (value.Remaining > 0)
        {
            var column = value.ReadLengthEncoded();
            key.Add(column < (ulong)columns ? (int)column : throw value.Malformed($"a key over column {column} of {columns}"));
            if (hasPrefixes)
            {
                value.ReadLengthEncoded();
            }
        }

        return [.. key];
    }

    private static void ReadDefaultCharacterSet(ref ByteReader value, BinlogColumn[] columns)
    {
        var usual = CharacterSets.OfCollation(Collation(ref value));
        var exceptions = new Dictionary<ulong, string?>();
        while (value.Remaining > 0)
        {
            exceptions[value.ReadLengthEncoded()] = CharacterSets.OfCollation(Collation(ref value));
        }

        ulong index = 0;
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].IsCharacter)
            {
                columns[i] = columns[i] with { CharacterSet = exceptions.TryGetValue(index, out var own) ? own : usual };
                index++;
            }
        }
    }

    private static void ReadCharacterSets(ref ByteReader value, BinlogColumn[] columns)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].IsCharacter)
            {
                columns[i] = columns[i] with { CharacterSet = CharacterSets.OfCollation(Collation(ref value)) };
            }
        }
    }

    private static int Collation(ref ByteReader value)
    {
        var number = value.ReadLengthEncoded();
        return number <= ushort.MaxValue ? (int)number : throw value.Malformed($"a collation numbered {number}");
    }
}
