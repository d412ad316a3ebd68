using System.Text.Json;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Relay;

/// <summary>A message that is the row alone, with what was asked for of its envelope.</summary>
internal sealed class UnwrappedRow(RelayOptions options)
{
    private static readonly string[] Known = ["op", "source.ts_ms", "source.ts_us", "source.ts_ns", "source.file", "source.pos", "source.row", "source.gtid", "source.db", "source.table", "source.server_id"];

    public static bool IsKnown(string field) => Known.Contains(Full(field));

    public byte[] Value(RelayTable table, ColumnValue[] row, string operation, SourceInfo info) => RelayTable.Message(null, writer =>
    {
        writer.WriteStartObject();
        table.WriteColumns(writer, row);
        writer.WriteString("__deleted", operation == "d" ? "true" : "false");
        foreach (var field in options.UnwrapFields)
        {
            writer.WritePropertyName("__" + field.Replace('.', '_'));
            Write(writer, Field(field, operation, info));
        }

        writer.WriteEndObject();
    });

    public IReadOnlyList<(string Name, byte[] Value)> Headers(IReadOnlyList<(string Name, byte[] Value)> own, string operation, SourceInfo info) =>
        [.. own, .. options.UnwrapHeaders.Select(field => ("__" + field.Replace('.', '_'), System.Text.Encoding.UTF8.GetBytes(Field(field, operation, info)?.ToString() ?? "")))];

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case long number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue((string?)value);
                break;
        }
    }

    private static object? Field(string field, string operation, SourceInfo info) => Full(field) switch
    {
        "op" => operation,
        "source.ts_ms" => info.At / 1000,
        "source.ts_us" => info.At,
        "source.ts_ns" => info.At * 1000,
        "source.file" => info.File,
        "source.pos" => info.Position,
        "source.row" => (long)info.Row,
        "source.gtid" => info.Gtid,
        "source.db" => info.Database,
        "source.table" => info.Table,
        _ => (long)info.ServerId,
    };

    // Debezium takes a bare name for one of the envelope, and then of its source.
    private static string Full(string field) => field is "op" || field.StartsWith("source.", StringComparison.Ordinal) ? field : "source." + field;
}
