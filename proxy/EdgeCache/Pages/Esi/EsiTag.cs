using System.Buffers;
using System.Text;

namespace Strangler.Proxy.EdgeCache.Pages.Esi;

/// <summary>Whether a place for a fragment was found.</summary>
internal enum EsiFind
{
    /// <summary>There is none, and none begins.</summary>
    None,

    /// <summary>There is one, whole.</summary>
    Found,

    /// <summary>One may begin, and its end is not there yet.</summary>
    Partial,
}

/// <summary>Finds <c>&lt;esi:include src="…"/&gt;</c>, the one element of ESI that Magento writes, in the bytes of a page. Everything else is text.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Behind its end.</param>
/// <param name="Source">Where the fragment is; null when it cannot be told.</param>
internal readonly record struct EsiTag(int Start, int End, EsiSource? Source)
{
    /// <summary>What is longer is no tag.</summary>
    public const int MaximumBytes = 16 * 1024;

    // The last bytes that follow the element's name.
    private static readonly SearchValues<byte> AfterName = SearchValues.Create(" \t\r\n/>"u8);

    private static ReadOnlySpan<byte> Opening => "<esi:include"u8;

    /// <summary>Looks for the next one.</summary>
    /// <param name="bytes">The page, or as much as is there.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="isEnd">Whether no more bytes follow.</param>
    /// <param name="tag">The tag; of a partial one only its start.</param>
    public static EsiFind Find(ReadOnlySpan<byte> bytes, int from, bool isEnd, out EsiTag tag)
    {
        while (bytes[from..].IndexOf(Opening) is >= 0 and var found)
        {
            var start = from + found;
            from = start + Opening.Length;
            var rest = bytes[start..];
            if (rest.Length > MaximumBytes)
            {
                rest = rest[..MaximumBytes];
            }

            if (EndOf(rest) is > 0 and var length)
            {
                tag = new EsiTag(start, start + length, EsiSource.Parse(AttributeOf(rest[Opening.Length..(length - 1)])));
                return EsiFind.Found;
            }

            if (!isEnd && rest.Length < MaximumBytes && (rest.Length == Opening.Length || AfterName.Contains(rest[Opening.Length])))
            {
                tag = new EsiTag(start, start, null);
                return EsiFind.Partial;
            }
        }

        var beginning = isEnd ? 0 : LengthOfBeginning(bytes[from..]);
        tag = new EsiTag(bytes.Length - beginning, bytes.Length, null);
        return beginning > 0 ? EsiFind.Partial : EsiFind.None;
    }

    /// <summary>All of a whole page.</summary>
    public static EsiTag[] All(ReadOnlySpan<byte> page)
    {
        List<EsiTag>? tags = null;
        for (var from = 0; Find(page, from, isEnd: true, out var tag) == EsiFind.Found; from = tag.End)
        {
            (tags ??= []).Add(tag);
        }

        return tags is null ? [] : [.. tags];
    }

    // Length of the tag that the bytes begin with; 0 when it does not end in them, or is another element.
    private static int EndOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= Opening.Length || !AfterName.Contains(bytes[Opening.Length]))
        {
            return 0;
        }

        byte quote = 0;
        for (var i = Opening.Length; i < bytes.Length; i++)
        {
            var one = bytes[i];
            if (quote != 0)
            {
                quote = one == quote ? (byte)0 : quote;
            }
            else if (one is (byte)'"' or (byte)'\'')
            {
                quote = one;
            }
            else if (one == '>')
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static int LengthOfBeginning(ReadOnlySpan<byte> bytes)
    {
        for (var length = Math.Min(Opening.Length - 1, bytes.Length); length > 0; length--)
        {
            if (bytes.EndsWith(Opening[..length]))
            {
                return length;
            }
        }

        return 0;
    }

    // The value of src, without its quotes.
    private static string? AttributeOf(ReadOnlySpan<byte> attributes)
    {
        while (!(attributes = attributes.Trim(" \t\r\n/"u8)).IsEmpty)
        {
            var equals = attributes.IndexOf((byte)'=');
            if (equals < 0)
            {
                return null;
            }

            var name = attributes[..equals].Trim(" \t\r\n"u8);
            var value = attributes[(equals + 1)..].TrimStart(" \t\r\n"u8);
            if (value.IsEmpty || value[0] is not ((byte)'"' or (byte)'\'') || value[1..].IndexOf(value[0]) is not (>= 0 and var end))
            {
                return null;
            }

            if (name.SequenceEqual("src"u8))
            {
                return Encoding.Latin1.GetString(value.Slice(1, end));
            }

            attributes = value[(end + 2)..];
        }

        return null;
    }
}
