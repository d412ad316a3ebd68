using System.ComponentModel.DataAnnotations;

namespace Strangler.CdcSync.Relay;

/// <summary>
/// The section <c>Cdc:Relay</c>: publishes the source's changes as Debezium's connectors would, for consumers of such topics. Off while
/// <see cref="BootstrapServers"/> is empty. The modes carry Debezium's names, so that a connector's configuration can be taken over.
/// </summary>
internal sealed class RelayOptions
{
    public const string Section = "Cdc:Relay";

    /// <summary>Kafka's <c>bootstrap.servers</c>; empty for no relay.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary><c>topic.prefix</c>: topics are <c>{prefix}.{database}.{table}</c>, and <c>{prefix}</c> itself takes schema changes.</summary>
    public string TopicPrefix { get; set; } = "";

    /// <summary>Patterns over <c>database.table</c>, each matching the whole name; empty for every table of <c>Cdc:SourceDatabase</c>.</summary>
    public List<string> IncludeTables { get; set; } = [];

    /// <summary>Patterns of tables that are left out all the same.</summary>
    public List<string> ExcludeTables { get; set; } = [];

    public DecimalHandling DecimalHandlingMode { get; set; } = DecimalHandling.Precise;

    public TimePrecision TimePrecisionMode { get; set; } = TimePrecision.AdaptiveTimeMicroseconds;

    public BinaryHandling BinaryHandlingMode { get; set; } = BinaryHandling.Bytes;

    public UnsignedBigIntHandling BigintUnsignedHandlingMode { get; set; } = UnsignedBigIntHandling.Long;

    /// <summary>Whether keys and values carry their schema (<c>schemas.enable</c>).</summary>
    public bool Schemas { get; set; }

    /// <summary>
    /// Whether NULL in a column that has a default is published as that default, as Kafka Connect's JSON converter does unless told otherwise
    /// (<c>replace.null.with.default</c>). Consumers cannot tell the two apart then: false keeps them apart.
    /// </summary>
    public bool ReplaceNullWithDefault { get; set; } = true;

    /// <summary>Whether a delete is followed by a message without value, so that compaction can forget the key.</summary>
    public bool TombstonesOnDelete { get; set; } = true;

    /// <summary>Whether TRUNCATE is published (<c>op: t</c>); Debezium leaves it out unless told otherwise.</summary>
    public bool TruncateEvents { get; set; }

    /// <summary>Whether messages name their transaction and <c>{prefix}.transaction</c> tells its begin and end.</summary>
    public bool TransactionMetadata { get; set; } = true;

    /// <summary>One topic, <c>{prefix}.{this}</c>, for the rows of all tables, told apart by the key's field <c>__table</c>; empty for a topic each (Debezium's <c>ByLogicalTableRouter</c>).</summary>
    public string SingleTopic { get; set; } = "";

    /// <summary>Whether a message is the row alone, without envelope (Debezium's <c>ExtractNewRecordState</c>): deletes are rows with <c>__deleted</c>, and there are no tombstones.</summary>
    public bool Unwrap { get; set; }

    /// <summary>What unwrapped rows carry of their envelope, as fields with two underscores before: <c>op</c>, <c>source.gtid</c>, …</summary>
    public List<string> UnwrapFields { get; set; } = [];

    /// <summary>What they carry as headers: <c>db</c>, <c>table</c>, <c>op</c>, …</summary>
    public List<string> UnwrapHeaders { get; set; } = [];

    public bool IncludeSchemaChanges { get; set; } = true;

    /// <summary>Seconds between messages to <c>__debezium-heartbeat.{prefix}</c>; zero for none.</summary>
    [Range(0, 3600)]
    public double HeartbeatSeconds { get; set; } = 5;

    /// <summary>What is published of tables that exist when the relay first starts.</summary>
    public SnapshotMode SnapshotMode { get; set; } = SnapshotMode.Initial;

    /// <summary>Further settings of the producer, by librdkafka's names (<c>security.protocol</c>, …).</summary>
    public Dictionary<string, string> Producer { get; set; } = [];
}

/// <summary><c>decimal.handling.mode</c>.</summary>
internal enum DecimalHandling
{
    Precise,
    String,
    Double,
}

/// <summary><c>time.precision.mode</c>.</summary>
internal enum TimePrecision
{
    AdaptiveTimeMicroseconds,
    Connect,
    IsoString,
    Microseconds,
    Nanoseconds,
}

/// <summary><c>binary.handling.mode</c>.</summary>
internal enum BinaryHandling
{
    Bytes,
    Base64,
    Base64UrlSafe,
    Hex,
}

/// <summary><c>bigint.unsigned.handling.mode</c>.</summary>
internal enum UnsignedBigIntHandling
{
    Long,
    Precise,
}

/// <summary><c>snapshot.mode</c>.</summary>
internal enum SnapshotMode
{
    /// <summary>All rows as they are at the start, as <c>op: r</c>, then the changes.</summary>
    Initial,

    /// <summary>Only changes from the start on.</summary>
    NoData,
}
