using System.Text;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Debezium.Values;

/// <summary>The members of an ENUM or SET column, and what a text of them is as the server stores it.</summary>
internal sealed class Members
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public Members(IEnumerable<string> members)
    {
        foreach (var member in members)
        {
            _index.TryAdd(member, _index.Count);
        }
    }

    /// <summary>Of a column's type, <c>enum('a','b')</c>.</summary>
    public static Members Of(ColumnDefinition column) => new(Split(column.ColumnType));

    public ulong Enum(string text) =>
        _index.TryGetValue(text, out var index) ? (ulong)index + 1
        // What the server could not place is its empty member, number zero.
        : text.Length == 0 ? 0UL : throw new FormatException($"'{text}' is no member of the ENUM.");

    public ulong Set(string text)
    {
        ulong bits = 0;
        foreach (var member in text.Length == 0 ? [] : text.Split(','))
        {
            bits |= _index.TryGetValue(member, out var index) ? 1UL << index : throw new FormatException($"'{member}' is no member of the SET.");
        }

        return bits;
    }

    /// <summary>The quoted strings between a type's parentheses.</summary>
    public static List<string> Split(string type)
    {
        var members = new List<string>();
        StringBuilder? open = null;
        for (var i = Math.Max(type.IndexOf('(', StringComparison.Ordinal), 0); i < type.Length; i++)
        {
            if (type[i] != '\'')
            {
                open?.Append(type[i]);
            }
            else if (open is null)
            {
                open = new StringBuilder();
            }
            else if (i + 1 < type.Length && type[i + 1] == '\'')
            {
                open.Append(type[i++]);
            }
            else
            {
                members.Add(open.ToString());
                open = null;
            }
        }

        return members;
    }
}
