using Confluent.Kafka;

namespace Strangler.Cli.Doctor;

/// <summary>Is the topic there, and can we read what is in it?</summary>
internal sealed class KafkaChecks(string bootstrap, string? prefix, string database, IReadOnlySet<string> needed)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public Task<IReadOnlyList<Check>> RunAsync(CancellationToken cancellationToken) => Task.Run<IReadOnlyList<Check>>(() => Run(cancellationToken), cancellationToken);

    private List<Check> Run(CancellationToken cancellationToken)
    {
        Metadata metadata;
        try
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap, SocketTimeoutMs = (int)Limit.TotalMilliseconds })
                .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
            metadata = admin.GetMetadata(Limit);
        }
        catch (Exception fault) when (fault is KafkaException or InvalidOperationException or ArgumentException)
        {
            return [Check.Fail("kafka.answers", $"no broker answers at {bootstrap}: {fault.Message}", "check the address and the brokers' advertised.listeners")];
        }

        var checks = new List<Check> { Check.Pass("kafka.answers", $"{metadata.Brokers.Count} brokers, {metadata.Topics.Count} topics") };
        var topics = metadata.Topics.Select(topic => topic.Topic).Where(IsOurs).ToList();
        checks.Add(Topics(topics));
        if (topics.Count > 0)
        {
            checks.Add(Format(topics, cancellationToken));
            checks.AddRange(Companions(topics[0], [.. metadata.Topics.Select(topic => topic.Topic)]));
        }

        return checks;
    }

    private Check Topics(List<string> topics)
    {
        const string Name = "kafka.topic";
        var example = $"{prefix ?? "PREFIX"}.{database}.TABLE";
        if (topics.Count == 0)
        {
            return Check.Fail(Name, $"no topic of `{database}` (looked for {example})", "start the Debezium connector with database.include.list and table.include.list for it, or give its --topic-prefix");
        }

        var prefixes = topics.Select(topic => topic[..(topic.LastIndexOf($".{database}.", StringComparison.Ordinal) is var at and >= 0 ? at : topic.Length)]).Distinct().ToList();
        if (prefixes.Count > 1)
        {
            return Check.Warn(Name, $"several connectors follow `{database}`: {string.Join(", ", prefixes)}", "--topic-prefix PREFIX chooses one");
        }

        // A topic comes with the first row, so an empty table has none yet.
        var missing = needed.Where(table => !topics.Exists(topic => topic.EndsWith($".{database}.{table}", StringComparison.Ordinal))).ToList();
        var whole = prefix is not null && topics.Contains(prefix);
        return missing.Count == 0 || whole
            ? Check.Pass(Name, whole ? $"{prefix} (one topic for all tables)" : $"{topics.Count} topics under {prefixes[0]}.{database}, all {needed.Count} tables of ours")
            : Check.Warn(
                Name, $"{topics.Count} topics under {prefixes[0]}.{database}; none for {string.Join(", ", missing.Take(6))}{(missing.Count > 6 ? " …" : "")} (empty tables have none)",
                $"table.include.list must name {database}.{missing[0]}");
    }

    /// <summary>The topics beside those with rows, without which less is known of them.</summary>
    private IEnumerable<Check> Companions(string topic, HashSet<string> all)
    {
        var own = prefix ?? topic[..topic.LastIndexOf($".{database}.", StringComparison.Ordinal)];
        yield return all.Contains($"{own}.transaction")
            ? Check.Pass("kafka.transactions", $"{own}.transaction tells where transactions end")
            : Check.Warn("kafka.transactions", "nothing tells where transactions end: those over several tables may be visible in parts", "connector: provide.transaction.metadata=true");
        yield return all.Contains(own)
            ? Check.Pass("kafka.definitions", $"{own} tells how tables are defined")
            : Check.Warn("kafka.definitions", "no topic tells how tables were defined when their rows were written", "connector: include.schema.changes=true");
    }

    private Check Format(List<string> topics, CancellationToken cancellationToken)
    {
        const string Name = "kafka.format";
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            // A group is asked for by the client, and never joined: partitions are assigned by hand and nothing is committed.
            GroupId = "strangler-doctor",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        try
        {
            consumer.Assign(topics.Select(topic => new TopicPartitionOffset(topic, 0, Offset.Beginning)));
            using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            while (true)
            {
                // A tombstone says nothing about the format.
                if (consumer.Consume(stop.Token).Message.Value is { Length: > 0 } value)
                {
                    return ChangeFormat.Recognise(value) is { } format
                        ? Check.Pass(Name, format)
                        : Check.Fail(Name, "not a Debezium change in JSON or Avro", "connector: value.converter=org.apache.kafka.connect.json.JsonConverter");
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Check.Warn(Name, "the topics have no message yet", "snapshot.mode=initial writes one for every row");
        }
        catch (KafkaException fault)
        {
            return Check.Fail(Name, $"the topics cannot be read: {fault.Message}");
        }
        finally
        {
            consumer.Close();
        }
    }

    private bool IsOurs(string topic) => prefix is null
        ? topic.Contains($".{database}.", StringComparison.Ordinal)
        : topic == prefix || topic.StartsWith($"{prefix}.{database}.", StringComparison.Ordinal);
}
