using System.Globalization;
using System.Text;
using System.Text.Json;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Debezium.Topics;

/// <summary>A table as a message of the schema-change topic leaves it; no definition when it is gone.</summary>
internal sealed record ChangedTable(TableName Table, TableDefinition? Definition);

/// <summary>A message of the schema-change topic.</summary>
internal sealed record SchemaChange(string Database, string Statement, IReadOnlyList<ChangedTable> Tables)
{
    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.Ordinal)
    {
        ["integer"] = "int",
        ["int1"] = "tinyint",
        ["int2"] = "smallint",
        ["int3"] = "mediumint",
        ["int4"] = "int",
        ["int8"] = "bigint",
        ["middleint"] = "mediumint",
        ["bool"] = "tinyint",
        ["boolean"] = "tinyint",
        ["serial"] = "bigint",
        ["numeric"] = "decimal",
        ["dec"] = "decimal",
        ["fixed"] = "decimal",
        ["real"] = "double",
        ["double precision"] = "double",
        ["float4"] = "float",
        ["float8"] = "double",
        ["character"] = "char",
        ["nchar"] = "char",
        ["national char"] = "char",
        ["character varying"] = "varchar",
        ["nvarchar"] = "varchar",
        ["national varchar"] = "varchar",
        ["long varchar"] = "mediumtext",
        ["long"] = "mediumtext",
        ["long varbinary"] = "mediumblob",
        ["geomcollection"] = "geometrycollection",
    };

    private static readonly HashSet<string> CharacterTypes = ["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"];

    private static readonly HashSet<string> Sized = ["decimal", "float", "double", "char", "varchar", "binary", "varbinary", "bit", "time", "datetime", "timestamp", "vector"];

    public static SchemaChange Read(ReadOnlyMemory<byte> payload, bool isMariaDb)
    {
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        var database = Text(root, "databaseName") ?? "";
        var statement = Text(root, "ddl") ?? "";
        var tables = new List<ChangedTable>();
        if (root.TryGetProperty("tableChanges", out var changes) && changes.ValueKind == JsonValueKind.Array)
        {
            foreach (var change in changes.EnumerateArray())
            {
                var name = Name(Text(change, "id") ?? "");
                var isGone = Text(change, "type") == "DROP" || !change.TryGetProperty("table", out var table) || table.ValueKind != JsonValueKind.Object;
                tables.Add(new ChangedTable(name, isGone ? null : Definition(name, change.GetProperty("table"), TableDdl.Read(statement, name.Name), isMariaDb)));
            }
        }

        return new SchemaChange(database, statement, tables);
    }

    /// <summary>What of a message is the same when it is written again: not the times.</summary>
    public static byte[] Essence(ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        return Encoding.UTF8.GetBytes($"{Text(root, "ddl")}\n{(root.TryGetProperty("tableChanges", out var changes) ? changes.GetRawText() : "")}");
    }

    /// <summary>The names between the quotes of <c>"database"."table"</c>.</summary>
    private static TableName Name(string id)
    {
        var parts = id.Split("\".\"");
        return parts.Length < 2 ? new TableName("", id.Trim('"')) : new TableName(Unquote(parts[0]), Unquote(parts[^1]));

        static string Unquote(string part) => part.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    private static TableDefinition Definition(TableName name, JsonElement table, TableDdl ddl, bool isMariaDb)
    {
        var defaultSet = CharacterSet(Text(table, "defaultCharsetName"));
        var columns = table.GetProperty("columns").EnumerateArray().OrderBy(column => Number(column, "position") ?? 0)
            .Select(column => Column(column, defaultSet, ddl, isMariaDb)).ToList();
        List<string> key = table.TryGetProperty("primaryKeyColumnNames", out var names) && names.ValueKind == JsonValueKind.Array
            ? [.. names.EnumerateArray().Select(element => element.GetString()!)]
            : [];
        return new TableDefinition(name, columns, key.Count == 0 ? null : key, [.. ddl.Indexes.Where(index => index.Columns.All(part => columns.Exists(column => column.Name == part.Column)))]);
    }

    private static ColumnDefinition Column(JsonElement column, string? defaultSet, TableDdl ddl, bool isMariaDb)
    {
        var name = Text(column, "name")!;
        var words = (Text(column, "typeName") ?? "").ToLowerInvariant().Replace(" zerofill", "", StringComparison.Ordinal);
        var isUnsigned = words.EndsWith(" unsigned", StringComparison.Ordinal) || words == "serial";
        var bare = words.Replace(" unsigned", "", StringComparison.Ordinal).Replace(" signed", "", StringComparison.Ordinal);
        var type = Synonyms.GetValueOrDefault(bare, bare);
        var set = CharacterSet(Text(column, "charsetName"));
        if (type == "json" && isMariaDb)
        {
            (type, set) = ("longtext", "utf8mb4");
        }

        set = CharacterTypes.Contains(type) ? set ?? defaultSet ?? "utf8mb4" : null;
        if (set == "binary")
        {
            (type, set) = (type switch { "char" => "binary", "varchar" => "varbinary", _ => type.Replace("text", "blob", StringComparison.Ordinal) }, null);
        }

        // Keys that differ must never be made one, so where the statement names no collation it is the strictest.
        var collation = set is null ? null : ddl.ColumnCollations.GetValueOrDefault(name) is { } own ? Full(own, set) : ddl.Collation is { } common && common.StartsWith(set + "_", StringComparison.OrdinalIgnoreCase) ? common : $"{set}_bin";
        var isNullable = column.TryGetProperty("optional", out var optional) && optional.ValueKind == JsonValueKind.True;
        var (value, isExpression) = Default(column, type);
        return new ColumnDefinition(name, type, FullType(column, type, bare, isUnsigned), set, collation, isNullable, value, isExpression);
    }

    private static string FullType(JsonElement column, string type, string bare, bool isUnsigned)
    {
        if (type is "enum" or "set")
        {
            var members = column.GetProperty("enumValues").EnumerateArray().Select(member => member.GetString()!)
                .Select(member => member.StartsWith('\'') ? member : $"'{member.Replace("'", "''", StringComparison.Ordinal)}'");
            return $"{type}({string.Join(',', members)})";
        }

        var (length, scale) = (Number(column, "length"), Number(column, "scale"));
        var size = bare is "bool" or "boolean" ? "(1)"
            : type == "decimal" ? $"({length ?? 10},{scale ?? 0})"
            : !Sized.Contains(type) || length is null || (length == 0 && type is "time" or "datetime" or "timestamp") || (type is "float" or "double" && scale is null) ? ""
            : scale is null ? $"({length})" : $"({length},{scale})";
        return type + size + (isUnsigned ? " unsigned" : "");
    }

    private static (string? Literal, bool IsExpression) Default(JsonElement column, string type)
    {
        if (Text(column, "defaultValueExpression") is not { } text || type.EndsWith("text", StringComparison.Ordinal) || type.EndsWith("blob", StringComparison.Ordinal) || type is "json")
        {
            return (null, false);
        }

        // A clock's default is passed on as the moment zero.
        if (type is "bit" or "timestamp" || (type is "datetime" or "date" && text.StartsWith("1970-01-01", StringComparison.Ordinal)) || text.Contains('(', StringComparison.Ordinal) || text.StartsWith("CURRENT_TIMESTAMP", StringComparison.OrdinalIgnoreCase) || text.StartsWith("NOW", StringComparison.OrdinalIgnoreCase))
        {
            return (null, true);
        }

        return ($"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'", false);
    }

    private static string? CharacterSet(string? name) => name switch { null or "" => null, "utf8" => "utf8mb3", _ => name.ToLowerInvariant() };

    private static string Full(string collation, string set) =>
        collation.StartsWith("uca1400", StringComparison.OrdinalIgnoreCase) ? $"{set}_{collation}" : collation.Replace("utf8_", "utf8mb3_", StringComparison.OrdinalIgnoreCase);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? int.Parse(value.GetRawText(), CultureInfo.InvariantCulture) : null;
}
