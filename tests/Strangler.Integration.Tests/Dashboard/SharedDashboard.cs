namespace Strangler.Integration.Tests.Dashboard;

/// <summary>One facade, open to everybody, for all tests of a class; each test declares a slice of its own. Started by the first that asks.</summary>
public sealed class SharedDashboard(ControlServer server) : IAsyncDisposable
{
    private DashboardFacade? _facade;

    internal async Task<DashboardFacade> FacadeAsync(CancellationToken cancellationToken) =>
        _facade ??= await DashboardFacade.StartAsync(server, cancellationToken);

    public ValueTask DisposeAsync() => _facade?.DisposeAsync() ?? ValueTask.CompletedTask;
}
