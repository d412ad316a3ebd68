using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Doctor;

/// <summary>Looks at store, database and Kafka, and says what is as it must be.</summary>
internal sealed class DoctorRun(CliContext context, DoctorSettings settings)
{
    public async Task<DoctorReport> RunAsync(Action<Check> found, CancellationToken cancellationToken)
    {
        var checks = new List<Check>();
        StoreChecks? store = null;
        DatabaseChecks? database = null;
        if (settings.Store is not null)
        {
            store = new StoreChecks(settings.Store, settings.Token, context.Time);
            Add(await store.RunAsync(cancellationToken));
        }

        if (settings.Mysql is not null)
        {
            database = new DatabaseChecks(settings.Mysql, context.Repository, context.Time);
            Add(await database.RunAsync(storeTellsModules: settings.Token is not null, cancellationToken));
        }

        if (ClockCheck.Run(store?.ClockDifference, database?.ClockDifference) is { } clocks)
        {
            Add([clocks]);
        }

        if (settings.Kafka is not null)
        {
            Add(await new KafkaChecks(settings.Kafka, settings.TopicPrefix, settings.Database, NeededTables.Read(context.Repository)).RunAsync(cancellationToken));
        }

        var failed = checks.Count(check => check.Outcome == Outcome.Fail);
        return new DoctorReport(failed == 0, checks.Count(check => check.Outcome == Outcome.Pass), checks.Count(check => check.Outcome == Outcome.Warn), failed, checks);

        void Add(IReadOnlyList<Check> more)
        {
            checks.AddRange(more);
            foreach (var check in more)
            {
                found(check);
            }
        }
    }
}
