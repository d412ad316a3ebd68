[assembly: AssemblyFixture(typeof(Strangler.Proxy.Tests.Hosts.ControlDatabase))]

namespace Strangler.Proxy.Tests.Hosts;

/// <summary>One MariaDB for the whole suite; every facade gets a database of its own in it.</summary>
public sealed class ControlDatabase : IAsyncLifetime
{
    private int _count;
    private string? _skip;
    private MariaDbServer? _server;

    public MariaDbServer Server
    {
        get
        {
            Assert.SkipWhen(_skip is not null, _skip ?? "");
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!MariaDbServer.IsInstalled)
        {
            _skip = MariaDbServer.HowToInstall;
            return;
        }

        _server = await MariaDbServer.StartAsync(CancellationToken.None);
    }

    public async Task<string> CreateAsync(CancellationToken cancellationToken)
    {
        var name = $"control_{Interlocked.Increment(ref _count)}";
        await Server.ExecuteAsync(null, $"create database {name}", cancellationToken);
        return Server.ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
