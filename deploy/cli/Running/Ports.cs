using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Running;

/// <summary>Where each process listens.</summary>
internal sealed record Ports(int Storefront, int Control, int Store, int Catalog, int CdcSync, int Database)
{
    public static Ports Default { get; } = new(8080, 8090, 8081, 8101, 8095, 3307);

    /// <summary>Throws, naming every port that is taken and by whom.</summary>
    public void EnsureFree(bool withStore)
    {
        var all = Named(withStore).ToList();
        if (all.GroupBy(entry => entry.Port).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new CliFault($"Port {twice.Key} is given to {string.Join(" and ", twice.Select(entry => entry.Option))}.");
        }

        var taken = all.Where(entry => !PortUse.IsFree(entry.Port)).ToList();
        if (taken.Count > 0)
        {
            throw new CliFault(string.Join('\n', taken.Select(entry =>
                $"Port {entry.Port} ({entry.What}) is taken by {PortUse.OwnerOf(entry.Port) ?? "another process"}. End that, or choose another: ./strangler up {entry.Option} {entry.Port + 10000}")));
        }
    }

    private IEnumerable<(int Port, string What, string Option)> Named(bool withStore)
    {
        yield return (Storefront, "storefront", "--storefront-port");
        yield return (Control, "dashboard and control API", "--control-port");
        if (withStore)
        {
            yield return (Store, "demo store", "--store-port");
        }

        yield return (Catalog, "catalog service", "--catalog-port");
        yield return (CdcSync, "cdc-sync", "--cdc-port");
        yield return (Database, "private MariaDB", "--database-port");
    }
}
