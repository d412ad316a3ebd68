using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Debezium.Values;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Debezium;

/// <summary>Names what the connector's settings lose, once each: in the log, and with the service and its tables in <c>/positions</c>.</summary>
internal sealed partial class LossReport(KafkaServices services, ILogger logger)
{
    private const int ExactDigits = 15;

    private readonly ValueModes _modes = ValueModes.Of(services.Options);

    public void Report(bool hasTransactions, bool isUnwrapped)
    {
        if (!hasTransactions)
        {
            Add(null, $"no topic {services.Options.TransactionTopicName} (provide.transaction.metadata=true makes it): a source transaction over several topics may be visible in parts for a moment, and a distributed (XA) one that is rolled back cannot be told from others");
        }

        if (isUnwrapped)
        {
            Add(null, "rows come unwrapped (ExtractNewRecordState): updates carry no row before, and nothing tells foreign_key_checks");
        }

        foreach (var table in services.Catalog.Tables.Select(services.Catalog.Find).OfType<TableDefinition>())
        {
            foreach (var column in table.Columns)
            {
                if (Loss(column) is { } loss)
                {
                    Add(table.Name.Name, $"{column.Name}: {loss}");
                }

                if (services.Options.ReplaceNullWithDefault && column is { IsNullable: true, Default: { } substitute })
                {
                    Add(table.Name.Name, $"{column.Name}: NULL comes as {substitute}, its default, unless the converter has replace.null.with.default=false; then set Cdc:Kafka:ReplaceNullWithDefault=false");
                }
            }
        }
    }

    /// <summary>What a column loses on its way, null for nothing.</summary>
    private string? Loss(ColumnDefinition column)
    {
        var decimals = ColumnNumbers.First(column) ?? 0;
        return (column.DataType, _modes.Time) switch
        {
            ("decimal", _) when _modes.Decimal == DecimalMode.Double && (ColumnNumbers.First(column) ?? 10) > ExactDigits =>
                $"decimal.handling.mode=double keeps {ExactDigits} digits of {column.ColumnType}",
            ("time", TimeMode.IsoString or TimeMode.Connect) => $"time.precision.mode={services.Options.TimePrecision} has no TIME below zero or of 24 hours and more; those are NULL"
                + (decimals > 3 && _modes.Time == TimeMode.Connect ? ", and no microseconds" : ""),
            ("datetime", TimeMode.Connect) when decimals > 3 => "time.precision.mode=connect keeps milliseconds",
            ("datetime", TimeMode.Nanoseconds) => "time.precision.mode=nanoseconds has no moments before 1677 and after 2262",
            ("date" or "datetime", _) => column.IsNullable ? "zero dates are NULL in the topics" : "zero dates are 1970-01-01 in the topics",
            _ => null,
        };
    }

    private void Add(string? table, string text)
    {
        if (services.Warnings.Add(table, text))
        {
            Log.Lossy(logger, table ?? services.Options.TopicPrefix, text);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.KafkaLossy, LogLevel.Warning, "{Table}: {Loss}")]
        public static partial void Lossy(ILogger logger, string table, string loss);
    }
}
