using Strangler.CdcSync.Relay.Encoding;

namespace Strangler.CdcSync.Relay;

/// <summary>The schemas around a row: the envelope, its source and its transaction. https://debezium.io/documentation/reference/3.5/connectors/mysql.html#mysql-events</summary>
internal sealed class EnvelopeSchema(string connector)
{
    private static readonly ConnectSchema OptionalLong = new("int64", true);
    private static readonly ConnectSchema Long = new("int64", false);
    private static readonly ConnectSchema OptionalText = new("string", true);
    private static readonly ConnectSchema Text = new("string", false);

    private static readonly ConnectSchema Transaction = ConnectSchema.Struct(
        isOptional: true, "event.block", new ConnectField("id", Text), new ConnectField("total_order", Long), new ConnectField("data_collection_order", Long)) with
    { Version = 1 };

    /// <summary>Whether this connector publishes the comments of columns as their schemas' documentation.</summary>
    public bool HasComments { get; } = connector == "mariadb";

    /// <summary>The schema of <c>source</c>, which schema changes have as well.</summary>
    public ConnectSchema Source { get; } = ConnectSchema.Struct(
        isOptional: false, $"io.debezium.connector.{connector}.Source",
        new ConnectField("version", Text),
        new ConnectField("connector", Text),
        new ConnectField("name", Text),
        new ConnectField("ts_ms", Long),
        new ConnectField("snapshot", ConnectSchema.Semantic("string", isOptional: true, "io.debezium.data.Enum") with
        {
            Parameters = [("allowed", "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental")],
            Default = "\"false\"",
        }),
        new ConnectField("db", Text),
        new ConnectField("sequence", OptionalText),
        new ConnectField("ts_us", OptionalLong),
        new ConnectField("ts_ns", OptionalLong),
        new ConnectField("table", OptionalText),
        new ConnectField("server_id", Long),
        new ConnectField("gtid", OptionalText),
        new ConnectField("file", Text),
        new ConnectField("pos", Long),
        new ConnectField("row", new ConnectSchema("int32", false)),
        new ConnectField("thread", OptionalLong),
        new ConnectField("query", OptionalText)) with
    { Version = 1 };

    public ConnectSchema Of(string topic, ConnectSchema row) => ConnectSchema.Struct(
        isOptional: false, $"{topic}.Envelope",
        new ConnectField("before", row),
        new ConnectField("after", row),
        new ConnectField("source", Source),
        new ConnectField("transaction", Transaction),
        new ConnectField("op", Text),
        new ConnectField("ts_ms", OptionalLong),
        new ConnectField("ts_us", OptionalLong),
        new ConnectField("ts_ns", OptionalLong)) with
    { Version = 2 };
}
