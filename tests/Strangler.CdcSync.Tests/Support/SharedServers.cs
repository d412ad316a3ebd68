using Strangler.CdcSync.Tests.Support;

[assembly: AssemblyFixture(typeof(SharedServers))]

namespace Strangler.CdcSync.Tests.Support;

/// <summary>One MariaDB and one MySQL for the whole suite, each started when the first test asks.</summary>
public sealed class SharedServers : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private MariaDbServer? _mariaDb;
    private MySqlServer? _mySql;
    private static int _names;

    public async Task<MariaDbServer> MariaDbAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _mariaDb ??= await MariaDbServer.StartAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task<MySqlServer> MySqlAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _mySql ??= await MySqlServer.StartAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A database name that no other test uses.</summary>
    public static string NewDatabase(string purpose) => $"{purpose}_{Interlocked.Increment(ref _names)}";

    public async ValueTask DisposeAsync()
    {
        if (_mariaDb is not null)
        {
            await _mariaDb.DisposeAsync();
        }

        if (_mySql is not null)
        {
            await _mySql.DisposeAsync();
        }

        _turn.Dispose();
    }
}
