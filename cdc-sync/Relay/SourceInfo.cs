using System.Text.Json;

namespace Strangler.CdcSync.Relay;

/// <summary>Where a message's event stands in the source's log.</summary>
/// <param name="Database">The event's database.</param>
/// <param name="Table">The table or, for schema changes, the tables; null for none.</param>
/// <param name="At">When it happened at the source, in microseconds since 1970.</param>
/// <param name="ServerId">The server where it first happened.</param>
/// <param name="Gtid">Its transaction, null without GTIDs.</param>
/// <param name="File">The log file.</param>
/// <param name="Position">Where the event begins in the file.</param>
/// <param name="Row">Which row of the event it is.</param>
/// <param name="Thread">The session at the source, where the log tells it.</param>
internal sealed record SourceInfo(string Database, string? Table, long At, uint ServerId, string? Gtid, string File, long Position, int Row, long? Thread)
{
    /// <summary><c>false</c> for changes, else the place in a first copy: <c>true</c>, <c>first</c>, <c>last</c>, …</summary>
    public string Snapshot { get; init; } = "false";

    public void Write(Utf8JsonWriter writer, string connector, string name)
    {
        writer.WriteStartObject("source");
        writer.WriteString("version", Version);
        writer.WriteString("connector", connector);
        writer.WriteString("name", name);
        writer.WriteNumber("ts_ms", At / 1000);
        writer.WriteString("snapshot", Snapshot);
        writer.WriteString("db", Database);
        writer.WriteNull("sequence");
        writer.WriteNumber("ts_us", At);
        writer.WriteNumber("ts_ns", At * 1000);
        writer.WriteString("table", Table);
        writer.WriteNumber("server_id", ServerId);
        writer.WriteString("gtid", Gtid);
        writer.WriteString("file", File);
        writer.WriteNumber("pos", Position);
        writer.WriteNumber("row", Row);
        if (Thread is { } thread)
        {
            writer.WriteNumber("thread", thread);
        }
        else
        {
            writer.WriteNull("thread");
        }

        writer.WriteNull("query");
        writer.WriteEndObject();
    }

    private static string Version { get; } = $"strangler-{typeof(SourceInfo).Assembly.GetName().Version?.ToString(3)}";
}
