using System.Text.Json;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Relay.Encoding;

namespace Strangler.CdcSync.Relay;

/// <summary>
/// The messages of the schema-change topic: each statement that makes, changes, renames or drops a table, and the table as it is after it. The
/// table is described by the source's catalogue, so a relay that is behind describes it as it is by now.
/// </summary>
internal sealed class SchemaChanges(RelayOptions options, ITableCatalog catalog, string connector, TimeProvider time)
{
    private readonly string? _keySchema = options.Schemas
        ? RelayTable.Text(writer => (ConnectSchema.Struct(isOptional: false, $"io.debezium.connector.{connector}.SchemaChangeKey", new ConnectField("databaseName", new ConnectSchema("string", false))) with { Version = 1 }).Write(writer))
        : null;

    private readonly string? _valueSchema = options.Schemas ? RelayTable.Text(writer => SchemaChangeSchema.Of(connector).Write(writer)) : null;

    public void Add(QueryEvent query, SourceInfo info, Func<TableName, bool> isWanted, List<RelayMessage> output)
    {
        var changes = DdlStatement.Read(query.Database, query.Sql, isWanted)
            .OfType<TableChange>().Where(change => change.What is TableEvent.DefinitionChanged or TableEvent.Replaced).Select(change => change.Table).Distinct().ToList();
        if (changes.Count == 0)
        {
            return;
        }

        var source = info with { Database = changes[0].Database };
        var words = SqlTokens.Read(query.Sql);
        switch (words[0].Text.ToUpperInvariant())
        {
            case "RENAME":
                var renames = Renames(words, query.Database).ToList();
                foreach (var (from, to) in renames)
                {
                    output.Add(Message(source with { Table = string.Join(',', renames.Select(rename => rename.To.Name).Distinct()) }, $"RENAME TABLE {from.Name} TO {to.Name}", [("ALTER", to)], isAltered: true));
                }

                break;
            case "DROP":
                var guard = words.Exists(word => !word.IsQuoted && word.Text.Equals("EXISTS", StringComparison.OrdinalIgnoreCase)) ? "IF EXISTS " : "";
                foreach (var table in changes)
                {
                    output.Add(Message(source with { Table = table.Name }, $"DROP TABLE {guard}`{table.Database}`.`{table.Name}`", [("DROP", table)], isAltered: false));
                }

                break;
            case var verb:
                // A table renamed by ALTER stands last, and is the one that is there.
                output.Add(Message(source with { Table = changes[^1].Name }, query.Sql, [(verb == "CREATE" && words.Count > 1 && words[1].Text.Equals("TABLE", StringComparison.OrdinalIgnoreCase) ? "CREATE" : "ALTER", changes[^1])], isAltered: true));
                break;
        }
    }

    private RelayMessage Message(SourceInfo source, string ddl, IReadOnlyList<(string Type, TableName Table)> changes, bool isAltered)
    {
        var key = RelayTable.Message(_keySchema, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("databaseName", source.Database);
            writer.WriteEndObject();
        });
        var value = RelayTable.Message(_valueSchema, writer =>
        {
            writer.WriteStartObject();
            source.Write(writer, connector, options.TopicPrefix);
            writer.WriteNumber("ts_ms", time.GetUtcNow().ToUnixTimeMilliseconds());
            writer.WriteString("databaseName", source.Database);
            writer.WriteNull("schemaName");
            writer.WriteString("ddl", ddl);
            writer.WriteStartArray("tableChanges");
            foreach (var (type, table) in changes)
            {
                if (!isAltered || catalog.Find(table) is not null)
                {
                    WriteChange(writer, type, table, isAltered ? catalog.Find(table) : null);
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return new RelayMessage(options.TopicPrefix, key, value);
    }

    private static void WriteChange(Utf8JsonWriter writer, string type, TableName table, TableDefinition? definition)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WriteString("id", $"\"{table.Database}\".\"{table.Name}\"");
        if (definition is null)
        {
            writer.WriteNull("table");
        }
        else
        {
            writer.WriteStartObject("table");
            writer.WriteString("defaultCharsetName", definition.CharacterSet);
            writer.WriteStartArray("primaryKeyColumnNames");
            foreach (var name in definition.Key ?? [])
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("columns");
            for (var i = 0; i < definition.Columns.Count; i++)
            {
                SchemaChangeSchema.WriteColumn(writer, definition, i);
            }

            writer.WriteEndArray();
            writer.WriteNull("comment");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static IEnumerable<(TableName From, TableName To)> Renames(List<SqlToken> words, string database)
    {
        var names = new List<TableName>();
        for (var i = 2; i < words.Count; i++)
        {
            var text = words[i].Text;
            if (text is "," || (!words[i].IsQuoted && (text.Equals("TO", StringComparison.OrdinalIgnoreCase) || text.Equals("IF", StringComparison.OrdinalIgnoreCase) || text.Equals("EXISTS", StringComparison.OrdinalIgnoreCase))))
            {
                continue;
            }

            if (i + 2 < words.Count && words[i + 1].Text == ".")
            {
                names.Add(new TableName(text, words[i + 2].Text));
                i += 2;
            }
            else
            {
                names.Add(new TableName(database, text));
            }
        }

        return names.Chunk(2).Where(pair => pair.Length == 2).Select(pair => (pair[0], pair[1]));
    }
}
