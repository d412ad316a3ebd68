using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium;

/// <summary>Where the rows that were there before the first message come from.</summary>
internal enum FirstCopy
{
    /// <summary>From the source database when its connection string is given, else from the topics.</summary>
    Auto,

    /// <summary>Read from the source database, watermarked against the topics.</summary>
    Source,

    /// <summary>From the snapshot records that the connector wrote.</summary>
    Topics,
}

/// <summary>
/// The section <c>Cdc:Kafka</c>: with a bootstrap address in it, changes come from Debezium's topics and not from the source's log. The four
/// modes are the connector's settings of the same name; messages with a schema tell them by themselves.
/// </summary>
internal sealed class KafkaOptions
{
    public const string Section = CdcOptions.Section + ":Kafka";

    /// <summary>The brokers, <c>host:port</c>, with commas; empty reads the source's log.</summary>
    public string Bootstrap { get; set; } = "";

    /// <summary>The connector's <c>topic.prefix</c>.</summary>
    public string TopicPrefix { get; set; } = "";

    /// <summary>
    /// The names of the topics with rows, a regular expression that matches whole names. Groups <c>table</c> and <c>database</c> tell whose rows they are where
    /// the messages do not; empty means <c>prefix.database.table</c>.
    /// </summary>
    public string TopicPattern { get; set; } = "";

    /// <summary>The topic of schema changes; empty means the prefix itself.</summary>
    public string SchemaTopic { get; set; } = "";

    /// <summary>The topic of BEGIN and END; empty means <c>prefix.transaction</c>.</summary>
    public string TransactionTopic { get; set; } = "";

    /// <summary>The base address of the schema registry, for messages in Avro.</summary>
    [Url]
    public string? SchemaRegistry { get; set; }

    /// <summary><c>user:password</c> for the registry.</summary>
    public string? SchemaRegistryUserInfo { get; set; }

    /// <summary>The connector's <c>decimal.handling.mode</c>, in its words.</summary>
    public string DecimalHandling { get; set; } = "precise";

    /// <summary>The connector's <c>time.precision.mode</c>.</summary>
    public string TimePrecision { get; set; } = "adaptive_time_microseconds";

    /// <summary>The connector's <c>binary.handling.mode</c>.</summary>
    public string BinaryHandling { get; set; } = "bytes";

    /// <summary>The connector's <c>bigint.unsigned.handling.mode</c>.</summary>
    public string BigintUnsignedHandling { get; set; } = "long";

    /// <summary>
    /// Whether the connector's converter publishes NULL as the column's default, as Kafka Connect's do unless they have <c>replace.null.with.default=false</c>.
    /// Nothing in a message tells; it only decides whether the columns concerned are named as lossy.
    /// </summary>
    public bool ReplaceNullWithDefault { get; set; } = true;

    public FirstCopy FirstCopy { get; set; }

    /// <summary>The group under which positions are shown to monitoring tools; nothing depends on it. Empty shows none.</summary>
    public string GroupId { get; set; } = "";

    /// <summary>How often new topics and partitions are looked for.</summary>
    [Range(0.05, 3600)]
    public double MetadataSeconds { get; set; } = 2;

    /// <summary>
    /// How long a partition must have been silent to be taken for empty where nothing else tells: a producer sends one small batch of each partition at a
    /// time, so what was written first may come last. Transaction metadata tell without waiting.
    /// </summary>
    [Range(0, 60_000)]
    public int SettleMilliseconds { get; set; } = 50;

    /// <summary>Message bytes of one partition that may wait for other partitions; reading it pauses beyond.</summary>
    [Range(16 * 1024, int.MaxValue)]
    public int PartitionBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Anything else that librdkafka knows: <c>security.protocol</c>, <c>sasl.mechanism</c>, <c>ssl.ca.location</c> …</summary>
    public Dictionary<string, string> Properties { get; set; } = [];

    public bool IsEnabled => Bootstrap.Length > 0;

    public string SchemaTopicName => SchemaTopic.Length > 0 ? SchemaTopic : TopicPrefix;

    public string TransactionTopicName => TransactionTopic.Length > 0 ? TransactionTopic : $"{TopicPrefix}.transaction";
}

/// <summary>What attributes cannot say of the section; all faults at once.</summary>
internal sealed class KafkaRulesValidator : IValidateOptions<CdcOptions>
{
    private static readonly string[] Own =
        ["enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "enable.partition.eof", "bootstrap.servers", "group.id"];

    public ValidateOptionsResult Validate(string? name, CdcOptions options) => Validate(options.Kafka);

    private static ValidateOptionsResult Validate(KafkaOptions options)
    {
        if (!options.IsEnabled)
        {
            return ValidateOptionsResult.Success;
        }

        var faults = new List<string>();
        if (options.TopicPrefix.Length == 0)
        {
            faults.Add($"{KafkaOptions.Section}:TopicPrefix is missing: the connector's topic.prefix.");
        }

        try
        {
            _ = Topics.TopicNames.Pattern(options, "database");
        }
        catch (ArgumentException wrong)
        {
            faults.Add($"{KafkaOptions.Section}:TopicPattern: {wrong.Message}");
        }

        if (ValueModes.Fault(options) is { } fault)
        {
            faults.Add(fault);
        }

        faults.AddRange(Own.Where(options.Properties.ContainsKey).Select(key => $"{KafkaOptions.Section}:Properties:{key} is not yours to set: where to go on is kept with the rows."));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
