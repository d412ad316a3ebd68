using System.Text;
using Strangler.CdcSync.Binlog.Values;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>What servers since MySQL 8.0 and MariaDB 10.5 add to a table-map event: signedness, character sets, names.</summary>
internal static class OptionalMetadata
{
    private const byte Signedness = 1;
    private const byte DefaultCharacterSet = 2;
    private const byte ColumnCharacterSets = 3;
    private const byte ColumnNames = 4;

    /// <summary>Completes the columns with what the rest of the event says; unknown fields are passed over.</summary>
    public static (bool Signedness, bool CharacterSets) Read(ref ByteReader reader, BinlogColumn[] columns)
    {
        var (signedness, characterSets) = (false, false);
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
            }
        }

        return (signedness, characterSets);
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
