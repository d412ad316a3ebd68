using System.Globalization;
using Strangler.Benchmarks.Reporting;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Cdc;

/// <summary>The first copy of the table, beside a dump piped into the server's own client.</summary>
internal static class CopyCase
{
    public const string Name = "first copy";

    public static async Task RunAsync(EavTable table, MariaDbServer source, MariaDbServer target, Samples samples, int round, CancellationToken cancellationToken)
    {
        var dumped = string.Create(CultureInfo.InvariantCulture, $"dumped_{round}");
        await target.ExecuteAsync(null, $"CREATE DATABASE {dumped} CHARACTER SET utf8mb4", cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        await ProcessRunner.RunAsync("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"""
            mariadb-dump --no-defaults -h127.0.0.1 -P{source.Port} -uroot --single-transaction {EavTable.Database} | mariadb --no-defaults -h127.0.0.1 -P{target.Port} -uroot {dumped}
            """)], cancellationToken);
        samples.Add(Name, "rows", "1/s", true, "mariadb-dump | mariadb", table.Rows / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        await target.ExecuteAsync(null, $"DROP DATABASE {dumped}", cancellationToken);

        var copied = string.Create(CultureInfo.InvariantCulture, $"copied_{round}");
        var follower = await CdcFollower.StartAsync(source, target, copied, cancellationToken);
        samples.Add(Name, "rows", "1/s", true, follower.Name, table.Rows / await follower.CopiedAsync(TimeProvider.System, cancellationToken));
        await follower.EndAsync();
        await target.ExecuteAsync(null, $"DROP DATABASE {copied}", cancellationToken);
    }
}
