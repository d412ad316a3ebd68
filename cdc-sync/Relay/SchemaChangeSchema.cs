using System.Globalization;
using System.Text.Json;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Relay.Encoding;

namespace Strangler.CdcSync.Relay;

/// <summary>How a schema change describes a table: Debezium's form of it, with the numbers of JDBC's types.</summary>
internal static class SchemaChangeSchema
{
    private static readonly ConnectSchema Text = new("string", false);
    private static readonly ConnectSchema OptionalText = new("string", true);
    private static readonly ConnectSchema OptionalInt = new("int32", true);
    private static readonly ConnectSchema OptionalFlag = new("boolean", true);

    public static ConnectSchema Of(string connector)
    {
        var column = ConnectSchema.Struct(
            isOptional: false, "io.debezium.connector.schema.Column",
            new ConnectField("name", Text), new ConnectField("jdbcType", new ConnectSchema("int32", false)), new ConnectField("nativeType", OptionalInt),
            new ConnectField("typeName", Text), new ConnectField("typeExpression", OptionalText), new ConnectField("charsetName", OptionalText),
            new ConnectField("length", OptionalInt), new ConnectField("scale", OptionalInt), new ConnectField("position", new ConnectSchema("int32", false)),
            new ConnectField("optional", OptionalFlag), new ConnectField("autoIncremented", OptionalFlag), new ConnectField("generated", OptionalFlag),
            new ConnectField("comment", OptionalText), new ConnectField("defaultValueExpression", OptionalText),
            new ConnectField("enumValues", new ConnectSchema("array", true) { Items = Text })) with
        { Version = 1 };
        var table = ConnectSchema.Struct(
            isOptional: true, "io.debezium.connector.schema.Table",
            new ConnectField("defaultCharsetName", OptionalText), new ConnectField("primaryKeyColumnNames", new ConnectSchema("array", true) { Items = Text }),
            new ConnectField("columns", new ConnectSchema("array", false) { Items = column }), new ConnectField("comment", OptionalText)) with
        { Version = 1 };
        var change = ConnectSchema.Struct(
            isOptional: false, "io.debezium.connector.schema.Change",
            new ConnectField("type", Text), new ConnectField("id", Text), new ConnectField("table", table)) with
        { Version = 1 };
        return ConnectSchema.Struct(
            isOptional: false, $"io.debezium.connector.{connector}.SchemaChangeValue",
            new ConnectField("source", new EnvelopeSchema(connector).Source), new ConnectField("ts_ms", new ConnectSchema("int64", false)),
            new ConnectField("databaseName", OptionalText), new ConnectField("schemaName", OptionalText), new ConnectField("ddl", OptionalText),
            new ConnectField("tableChanges", new ConnectSchema("array", false) { Items = change })) with
        { Version = 1 };
    }

    public static void WriteColumn(Utf8JsonWriter writer, TableDefinition table, int index)
    {
        var column = table.Columns[index];
        if (table.JsonColumns.Contains(column.Name))
        {
            column = column with { DataType = "json", CharacterSet = null };
        }

        var isAutoIncrement = table.AutoIncrement == column.Name;
        var type = column.DataType.ToUpperInvariant() + (column.IsUnsigned ? " UNSIGNED" : "");
        var (length, scale) = Size(column);
        writer.WriteStartObject();
        writer.WriteString("name", column.Name);
        writer.WriteNumber("jdbcType", JdbcType(column.DataType));
        writer.WriteNull("nativeType");
        writer.WriteString("typeName", type);
        writer.WriteString("typeExpression", type);
        writer.WriteString("charsetName", column.CharacterSet);
        WriteNumber(writer, "length", length);
        WriteNumber(writer, "scale", scale);
        writer.WriteNumber("position", index + 1);
        writer.WriteBoolean("optional", column.IsNullable);
        writer.WriteBoolean("autoIncremented", isAutoIncrement);
        writer.WriteBoolean("generated", isAutoIncrement);
        writer.WriteNull("comment");
        writer.WriteString("defaultValueExpression", column.Default?.Trim('\''));
        if (column.DataType is "enum" or "set")
        {
            writer.WriteStartArray("enumValues");
            foreach (var member in ColumnDescriptions.Members(column.ColumnType))
            {
                writer.WriteStringValue($"'{member.Replace("'", "''", StringComparison.Ordinal)}'");
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteNull("enumValues");
        }

        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, int? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static (int? Length, int? Scale) Size(ColumnDefinition column)
    {
        switch (column.DataType)
        {
            case "enum":
                return (1, null);
            case "set":
                return (2 * ColumnDescriptions.Members(column.ColumnType).Count - 1, null);
        }

        var open = column.ColumnType.IndexOf('(', StringComparison.Ordinal);
        var close = column.ColumnType.IndexOf(')', StringComparison.Ordinal);
        if (open < 0 || close < open)
        {
            return (null, null);
        }

        var parts = column.ColumnType[(open + 1)..close].Split(',');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : null);
    }

    // https://docs.oracle.com/en/java/javase/17/docs/api/constant-values.html#java.sql.Types.ARRAY, chosen as Debezium chooses.
    private static int JdbcType(string dataType) => dataType switch
    {
        "tinyint" or "smallint" => 5,
        "mediumint" or "int" or "year" => 4,
        "bigint" => -5,
        "decimal" => 3,
        "float" => 6,
        "double" => 8,
        "bit" => -7,
        "date" => 91,
        "time" => 92,
        "datetime" => 93,
        "timestamp" => 2014,
        "char" or "enum" or "set" => 1,
        "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" => 12,
        "binary" => -2,
        "varbinary" => -3,
        "tinyblob" or "blob" or "mediumblob" or "longblob" => 2004,
        _ => 1111,
    };
}
