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
        var read = DdlStatement.Read(query.Database, query.Sql, isWanted);
        foreach (var renamed in read.OfType<TablesRenamed>())
        {
            AddRenames(renamed, query, info, output);
        }

        var tables = read.OfType<TableChange>().Where(change => change.What is TableEvent.DefinitionChanged or TableEvent.Replaced).Select(change => change.Table).Distinct().ToList();
        // A table that is altered and renamed is told once, under its new name.
        if (tables.Count == 0 || read.Exists(change => change is TablesRenamed))
        {
            return;
        }

        var words = SqlTokens.Read(query.Sql);
        if (Is(words[0], "DROP"))
        {
            var guard = words.Exists(word => Is(word, "EXISTS")) ? "IF EXISTS " : "";
            foreach (var table in tables)
            {
                output.Add(Message(info, [table], $"DROP TABLE {guard}`{table.Database}`.`{table.Name}`", "DROP", table));
            }
        }
        else
        {
            output.Add(Message(info, [tables[^1]], query.Sql, Is(words[0], "CREATE") && words.Count > 1 && Is(words[1], "TABLE") ? "CREATE" : "ALTER", tables[^1]));
        }
    }

    private void AddRenames(TablesRenamed renamed, QueryEvent query, SourceInfo info, List<RelayMessage> output)
    {
        var targets = renamed.Steps.Select(step => step.To).Distinct().ToList();
        var isAlter = SqlTokens.Read(query.Sql) is [var first, ..] && Is(first, "ALTER");
        foreach (var step in renamed.Steps)
        {
            output.Add(isAlter
                ? Message(info, [step.To], query.Sql, "ALTER", step.To)
                : Message(info, targets, $"RENAME TABLE {step.From.Name} TO {step.To.Name}", "ALTER", step.To));
        }
    }

    private static bool Is(SqlToken word, string text) => !word.IsQuoted && word.Text.Equals(text, StringComparison.OrdinalIgnoreCase);

    private RelayMessage Message(SourceInfo info, IReadOnlyList<TableName> named, string ddl, string type, TableName table)
    {
        var source = info with { Database = table.Database, Table = string.Join(',', named.Select(name => name.Name)) };
        var definition = type == "DROP" ? null : catalog.Find(table);
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
            if (type == "DROP" || definition is not null)
            {
                WriteChange(writer, type, table, definition);
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
}
