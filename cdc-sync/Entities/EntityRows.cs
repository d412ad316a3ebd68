using System.Text;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Entities;

/// <summary>Finds every row that belongs to one entity, on both sides: its own row and those of the related tables.</summary>
internal sealed class EntityRows(EntityDefinition entity, string key, ChecksumReader source, ChecksumReader mirror)
{
    /// <summary>The keys of the table's rows that belong to the entity on either side.</summary>
    public async Task<IReadOnlyCollection<ColumnValue[]>> KeysAsync(TableSides table, CancellationToken cancellationToken)
    {
        var related = entity.AllTables().First(candidate => candidate.Name == table.Name);
        var condition = Condition(related);
        var (there, here) = (source.KeysAsync(table, condition, cancellationToken), mirror.KeysAsync(table, condition, cancellationToken));
        await Task.WhenAll(there, here);
        return [.. (await there).Union(await here).Select(row => row.Values)];
    }


    // Known by its label; by its key where there is no label.
    private string Condition(RelatedTable related)
    {
        var known = new StringBuilder().AppendName(entity.Label ?? entity.Key).Append('=').AppendText(key).ToString();
        if (related.Name == entity.Table)
        {
            return known;
        }

        var sql = $"SELECT {SqlLiteral.Name(entity.Key)} FROM {SqlLiteral.Name(entity.Table)} WHERE {known}";
        foreach (var step in (related.Through ?? []).Reverse())
        {
            sql = $"SELECT {SqlLiteral.Name(step.Key)} FROM {SqlLiteral.Name(step.Table)} WHERE {SqlLiteral.Name(step.Column)} IN ({sql})";
        }

        return $"{SqlLiteral.Name(related.Column)} IN ({sql})";
    }
}
