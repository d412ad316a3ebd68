using System.Text.RegularExpressions;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Debezium.Topics;

/// <summary>Which topics of a cluster are a connector's, and which of its tables a topic's name stands for.</summary>
internal sealed class TopicNames(KafkaOptions options, string database)
{
    private readonly Regex _pattern = Pattern(options, database);

    public string SchemaChanges { get; } = options.SchemaTopicName;

    public string Transactions { get; } = options.TransactionTopicName;

    /// <summary>The expression that the names of topics with rows match as a whole.</summary>
    public static Regex Pattern(KafkaOptions options, string database) => new(
        options.TopicPattern.Length > 0 ? $"^(?:{options.TopicPattern})$" : $@"^{Regex.Escape(options.TopicPrefix)}\.(?<database>{Regex.Escape(database)})\.(?<table>.+)$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    /// <summary>The table by the topic's name, null when the name does not tell.</summary>
    public TableName? TableOf(string topic)
    {
        var match = _pattern.Match(topic);
        return match.Groups["table"] is { Success: true } table
            ? new TableName(match.Groups["database"] is { Success: true } name ? name.Value : database, table.Value)
            : null;
    }

    /// <summary>Whether rows that matter may be in a topic: those of a wanted table, or of any where the name does not tell.</summary>
    public bool IsWanted(string topic, Func<TableName, bool> isWanted) =>
        topic != SchemaChanges && topic != Transactions && _pattern.IsMatch(topic) && (TableOf(topic) is not { } table || isWanted(table));
}
