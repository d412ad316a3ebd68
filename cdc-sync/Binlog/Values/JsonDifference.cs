using System.Text;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>
/// What MySQL logs of a JSON column instead of the whole document under <c>binlog_row_value_options=PARTIAL_JSON</c>: replacements,
/// insertions and removals, each with a path, to be carried out on the document before.
/// </summary>
/// <remarks>https://dev.mysql.com/doc/dev/mysql-server/latest/json__diff_8h.html</remarks>
internal static class JsonDifference
{
    private enum Operation : byte
    {
        Replace = 0,
        Insert = 1,
        Remove = 2,
    }

    /// <summary>The document after, as text; absent where the one before is not known, or is another one than that which was changed.</summary>
    public static ColumnValue Apply(ReadOnlySpan<byte> differences, ColumnValue before)
    {
        var tree = before.Kind == ValueKind.Text ? JsonTree.Parse(before.Text) : null;
        var reader = new ByteReader(differences);
        while (reader.Remaining > 0)
        {
            var operation = (Operation)reader.ReadByte();
            if (operation > Operation.Remove)
            {
                throw reader.Malformed($"a JSON difference of kind {(byte)operation}");
            }

            var path = JsonPath.Parse(Encoding.UTF8.GetString(reader.ReadLengthEncodedBytes()));
            var value = operation == Operation.Remove ? null : JsonDocumentReader.ToText(NotEmpty(ref reader));
            var isDone = tree is not null && operation switch
            {
                Operation.Replace => tree.Replace(path, value!),
                Operation.Insert => tree.Insert(path, value!),
                _ => tree.Remove(path),
            };
            tree = isDone ? tree : null;
        }

        return tree is null ? default : ColumnValue.Of(tree.ToString());
    }

    private static ReadOnlySpan<byte> NotEmpty(ref ByteReader reader)
    {
        var document = reader.ReadLengthEncodedBytes();
        return document.IsEmpty ? throw reader.Malformed("a JSON value without a byte") : document;
    }
}
