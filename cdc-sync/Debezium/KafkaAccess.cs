using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Topics;
using Strangler.CdcSync.Positions;

namespace Strangler.CdcSync.Debezium;

/// <summary>Topics of a connector, with or without the database that they tell of.</summary>
internal sealed class KafkaAccess(KafkaServices services, string? source, SourcePositionReader? positions)
    : SourceAccess(new KafkaChangeSource(services), services.HasDatabase ? source : null, positions)
{
    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var reader = Reader();
        var topics = await reader.TopicsAsync(cancellationToken);
        var database = services.Catalog.Database;
        var ours = topics.Keys.Where(topic => topic == services.Names.SchemaChanges || topic == services.Names.Transactions || services.Names.IsWanted(topic, _ => true)).ToList();
        if (ours.Count == 0)
        {
            throw new InvalidDataException(
                $"There is no topic of a connector with the prefix '{services.Options.TopicPrefix}' at {services.Options.Bootstrap}: start it with database.include.list={database}, or set {KafkaOptions.Section}:TopicPrefix or TopicPattern.");
        }

        if (source is null && !ours.Contains(services.Names.SchemaChanges))
        {
            throw new InvalidDataException(
                $"Nothing tells how the tables are defined: there is no topic '{services.Names.SchemaChanges}' (connector: include.schema.changes=true), and ConnectionStrings:Source is not set.");
        }

        if (source is null)
        {
            await new HistoryLoader(services, new Envelope.RecordReader(services.Registry)).LoadAsync(cancellationToken);
        }
        else
        {
            await using var connection = new MySqlConnection(source);
            await connection.OpenAsync(cancellationToken);
        }
    }

    public override async Task<(SourcePosition Position, string? Cursor)> BeginAsync(CancellationToken cancellationToken)
    {
        await using var reader = Reader();
        // The offsets first: what the source commits after the position that is asked next is written behind them.
        var found = await new KafkaStart(services, reader).FindAsync(new HashSet<Confluent.Kafka.TopicPartition>(), null, services.HasDatabase, cancellationToken);
        var cursor = new KafkaCursor(found.ToDictionary(start => (start.Topic, start.Partition), start => start.From))
        {
            Topics = HandOver.Expected(services),
        };
        if (Positions is null)
        {
            return (new SourcePosition(SourcePosition.MySql, "", 0, null), cursor.ToJson());
        }

        var now = await Positions.ReadWithGtidAsync(cancellationToken);
        return (new SourcePosition(now.Server, "", 0, null), (cursor with { Baseline = now with { Origin = null } }).ToJson());
    }

    private KafkaReader Reader() => new(services.Options, "strangler-cdc-check", services.Loggers.CreateLogger<KafkaAccess>());
}
