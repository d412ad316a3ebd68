using System.Text.Json;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Relay;

/// <summary>
/// The messages of a first copy. Each says where in it it stands (first, last of its table, last of all), so one message is held back until
/// it is known what follows.
/// </summary>
internal sealed class SnapshotMessages(RelayOptions options, string connector, SourcePosition position, TimeProvider time)
{
    private (RelayTable Table, ColumnValue[] Row, string Place)? _held;
    private readonly UnwrappedRow? _unwrapped = options.Unwrap ? new UnwrappedRow(options) : null;
    private bool _isFirst = true;
    private bool _isFirstOfTable = true;

    public IReadOnlyList<RelayMessage> Of(RelayTable table, List<ColumnValue[]> rows)
    {
        var messages = new List<RelayMessage>(rows.Count);
        foreach (var row in rows)
        {
            Release(messages, isLastOfTable: _isFirstOfTable, isLast: false);
            _held = (table, row, _isFirst ? "first" : _isFirstOfTable ? "first_in_data_collection" : "true");
            (_isFirst, _isFirstOfTable) = (false, false);
        }

        return messages;
    }

    public void EndTable() => _isFirstOfTable = true;

    public IReadOnlyList<RelayMessage> Finish()
    {
        var messages = new List<RelayMessage>();
        Release(messages, isLastOfTable: true, isLast: true);
        return messages;
    }

    private void Release(List<RelayMessage> messages, bool isLastOfTable, bool isLast)
    {
        if (_held is not var (table, row, place))
        {
            return;
        }

        place = isLast ? "last" : isLastOfTable ? "last_in_data_collection" : place;
        var info = Info(table, place);
        messages.Add(_unwrapped is null
            ? new RelayMessage(table.Topic, table.Key(row), table.Value(writer => Write(writer, table, row, info)))
            : new RelayMessage(table.Topic, table.Key(row), _unwrapped.Value(table, row, "r", info), _unwrapped.Headers([], "r", info)));
        _held = null;
    }

    private SourceInfo Info(RelayTable table, string place) => new(
        table.Name.Database, table.Name.Name, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, 0, null, position.File, position.Offset, 0, null)
    {
        Snapshot = place,
    };

    private void Write(Utf8JsonWriter writer, RelayTable table, ColumnValue[] row, SourceInfo info)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
        writer.WriteStartObject();
        writer.WriteNull("before");
        writer.WritePropertyName("after");
        table.WriteRow(writer, row);
        info.Write(writer, connector, options.TopicPrefix);
        writer.WriteNull("transaction");
        writer.WriteString("op", "r");
        writer.WriteNumber("ts_ms", now / TimeSpan.TicksPerMillisecond);
        writer.WriteNumber("ts_us", now / TimeSpan.TicksPerMicrosecond);
        writer.WriteNumber("ts_ns", now * TimeSpan.NanosecondsPerTick);
        writer.WriteEndObject();
    }
}
