using System.Globalization;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Databases;

namespace Strangler.Cli.Running;

/// <summary>One process of ours: what it runs and with which settings.</summary>
internal sealed record PlannedProcess(string Name, string Project, string Address, IReadOnlyDictionary<string, string> Settings)
{
    public string Ready => $"{Address}health/ready";
}

/// <summary>The processes in the order in which they start; the settings are the ones of docs/design.md.</summary>
internal static class ProcessPlan
{
    public const string Demo = "demo";
    public const string Catalog = "catalog";
    public const string CdcSync = "cdc-sync";
    public const string Proxy = "proxy";

    public static IReadOnlyList<PlannedProcess> For(UpSettings settings, RepositoryLayout repository, PrivateMariaDb database, RunSecrets secrets)
    {
        var ports = settings.Ports;
        var store = settings.Store?.GetLeftPart(UriPartial.Authority) ?? Local(ports.Store).TrimEnd('/');
        var source = settings.Mysql?.ConnectionString ?? database.ConnectionString("cdc", "cdc", "magento");
        var catalogDatabase = database.ConnectionString("catalog", "catalog", "strangler_catalog");
        var cryptKey = settings.Demo ? secrets.CryptKey : settings.CryptKey;
        List<PlannedProcess> processes = [];
        if (settings.Demo)
        {
            processes.Add(new PlannedProcess(Demo, "Strangler.Demo", Local(ports.Store), new Dictionary<string, string>
            {
                ["Urls"] = Local(ports.Store),
                ["ConnectionStrings__Store"] = database.ConnectionString("magento", "magento", "magento"),
                ["Demo__BaseUrl"] = Local(ports.Storefront),
                ["Demo__Delays"] = settings.Delays ? "true" : "false",
                ["Demo__CryptKey"] = secrets.CryptKey,
            }));
        }

        var catalog = new Dictionary<string, string>
        {
            ["Urls"] = Local(ports.Catalog),
            ["ConnectionStrings__Catalog"] = catalogDatabase,
        };
        if (cryptKey is not null)
        {
            catalog["Magento__CryptKeys__0"] = cryptKey;
        }

        processes.Add(new PlannedProcess(Catalog, "Strangler.Catalog", Local(ports.Catalog), catalog));
        processes.Add(new PlannedProcess(CdcSync, "Strangler.CdcSync", Local(ports.CdcSync), new Dictionary<string, string>
        {
            ["Urls"] = Local(ports.CdcSync),
            ["ConnectionStrings__Source"] = source,
            ["Cdc__SourceDatabase"] = settings.Mysql?.Database ?? "magento",
            ["Cdc__Targets__0__Subscription"] = repository.In("extracted-services", "Catalog", "subscription.json"),
            ["Cdc__Targets__0__ConnectionString"] = catalogDatabase,
            ["Cdc__Targets__0__Notify"] = Local(ports.Catalog),
        }));
        var proxy = new Dictionary<string, string>
        {
            ["Facade__StorefrontUrls"] = string.Create(CultureInfo.InvariantCulture, $"http://{settings.Listen}:{ports.Storefront}"),
            ["Facade__ControlUrls"] = Local(ports.Control).TrimEnd('/'),
            ["Facade__Magento"] = store,
            ["Facade__Services__catalog"] = Local(ports.Catalog),
            ["Facade__CdcSync"] = Local(ports.CdcSync),
            ["Facade__SlicesFolder"] = repository.In("proxy", "slices"),
            ["Facade__StateFolder"] = Path.Combine(repository.RunFolder, "facade"),
            ["ConnectionStrings__Control"] = database.ConnectionString("control", "control", "strangler_control"),
            // The demo is open to whoever sits at this machine; in front of a real store one needs the key.
            [settings.Demo ? "Control__Open" : "Control__ApiKeys__0"] = settings.Demo ? "true" : $"local:{secrets.ControlKey}",
        };
        if (cryptKey is not null)
        {
            proxy["Control__CryptKey"] = cryptKey;
        }

        processes.Add(new PlannedProcess(Proxy, "Strangler.Proxy", Local(ports.Control), proxy));
        return processes;
    }

    private static string Local(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");
}
