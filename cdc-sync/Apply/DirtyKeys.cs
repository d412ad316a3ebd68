using System.Globalization;
using System.Text;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Invalidation;
using Strangler.CdcSync.Routing;

namespace Strangler.CdcSync.Apply;

/// <summary>The keys that a batch makes dirty; more than a bound of them are everything. One batch, one thread.</summary>
internal sealed class DirtyKeys
{
    public const int MaximumKeys = 200_000;

    private const int MaximumLength = 255;
    private const int RowsPerStatement = 2000;

    private readonly HashSet<(string Entity, string Key)> _keys = [];
    // The same number comes again and again: once more it needs no text.
    private readonly HashSet<(string Entity, long Key)> _numbers = [];
    private bool _isAll;

    public int Count => _keys.Count;

    public IEnumerable<ChangedKey> Keys => _keys.Select(key => new ChangedKey(key.Entity, key.Key));

    public void Add(string entity, in ColumnValue key)
    {
        if (!_isAll && (key.Kind != ValueKind.Int64 || _numbers.Add((entity, key.Int64))))
        {
            Add(entity, key.ToString());
        }
    }

    public void Add(string entity, string key)
    {
        if (!_isAll && _keys.Add(key.Length <= MaximumLength ? (entity, key) : (entity, Subscription.AllKeys)) && _keys.Count > MaximumKeys)
        {
            // Single keys say nothing more.
            _isAll = true;
            _keys.Clear();
            _numbers.Clear();
            AddAll();
        }
    }

    public void AddAll() => _keys.Add((Subscription.AllEntities, Subscription.AllKeys));

    /// <summary>The statements that write the keys under the batch's sequence.</summary>
    public IEnumerable<string> Statements(long sequence)
    {
        // In one order always, so that two writers could never wait for each other.
        foreach (var part in _keys.OrderBy(key => key.Entity, StringComparer.Ordinal).ThenBy(key => key.Key, StringComparer.Ordinal).Chunk(RowsPerStatement))
        {
            var sql = new StringBuilder("INSERT INTO cdc_dirty_key (entity, key_value, sequence) VALUES ");
            for (var i = 0; i < part.Length; i++)
            {
                sql.Append(i > 0 ? ",(" : "(").AppendText(part[i].Entity).Append(',').AppendText(part[i].Key)
                    .Append(CultureInfo.InvariantCulture, $",{sequence})");
            }

            yield return sql.Append(" ON DUPLICATE KEY UPDATE sequence = VALUES(sequence)").ToString();
        }
    }
}
