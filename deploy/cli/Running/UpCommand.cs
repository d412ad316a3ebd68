using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Databases;

namespace Strangler.Cli.Running;

internal static class UpCommand
{
    public static Command Create(CliContext context, HttpClient http)
    {
        var products = new Option<int?>("--products") { Description = $"How many products the demo store has, 200 to 1000000; {UpSettings.DefaultProducts} at first.", HelpName = "N" };
        products.Validators.Add(result => Check(result, value => int.TryParse(value, out var count) && count is >= 200 and <= 1_000_000, "takes 200 to 1000000"));
        var store = new Option<Uri?>("--store")
        {
            Description = "The address of an existing Magento, in front of which to stand instead of the demo store.",
            HelpName = "URL",
            CustomParser = ParseStore,
        };
        var mysql = new Option<string?>("--mysql") { Description = "That Magento's database: mysql://user:password@host:3306/magento.", HelpName = "DSN" };
        var cryptKey = new Option<string?>("--crypt-key") { Description = "That Magento's crypt/key, so that admin tokens are understood (STRANGLER_CRYPT_KEY).", HelpName = "KEY" };
        var token = new Option<string?>("--token") { Description = "An integration's token of that Magento, for the checks (STRANGLER_MAGENTO_TOKEN).", HelpName = "TOKEN" };
        var listen = new Option<string>("--listen") { Description = "The address of the storefront's listener.", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };
        listen.Validators.Add(result => Check(result, value => value == "*" || IPAddress.TryParse(value, out _), "takes an IP address or *"));
        var noFollow = new Option<bool>("--no-follow") { Description = "Return when everything is ready; ./strangler down ends it." };
        var force = new Option<bool>("--force") { Description = "Start although a check of doctor fails." };
        var noBuild = new Option<bool>("--no-build") { Description = "Run what the last build made." };
        var noDelays = new Option<bool>("--no-delays") { Description = "The demo store answers at once, not as slowly as a real Magento." };
        var ports = Ports.Default;
        var storefrontPort = Port("--storefront-port", ports.Storefront);
        var controlPort = Port("--control-port", ports.Control);
        var storePort = Port("--store-port", ports.Store);
        var catalogPort = Port("--catalog-port", ports.Catalog);
        var cdcPort = Port("--cdc-port", ports.CdcSync);
        var databasePort = Port("--database-port", ports.Database);
        var command = new Command("up", "Starts everything: a private MariaDB, the demo store (or an existing Magento), services, facade.")
        {
            products, store, mysql, cryptKey, token, listen, noFollow, force, noBuild, noDelays,
            storefrontPort, controlPort, storePort, catalogPort, cdcPort, databasePort,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(store) is null != result.GetResult(mysql) is null)
            {
                result.AddError("--store and --mysql belong together: an existing Magento needs both.");
            }

            if (result.GetResult(store) is not null && result.GetResult(products) is not null)
            {
                result.AddError("--products is for the demo store, not for an existing one.");
            }
        });
        command.SetAction((parsed, cancellationToken) => new UpRun(
            context,
            new UpSettings(
                new Ports(
                    parsed.GetValue(storefrontPort), parsed.GetValue(controlPort), parsed.GetValue(storePort),
                    parsed.GetValue(catalogPort), parsed.GetValue(cdcPort), parsed.GetValue(databasePort)),
                parsed.GetValue(products),
                parsed.GetValue(store),
                parsed.GetValue(mysql) is { } dsn ? Dsn.Parse(dsn) : null,
                parsed.GetValue(cryptKey) ?? context.Environment("STRANGLER_CRYPT_KEY"),
                parsed.GetValue(token) ?? context.Environment("STRANGLER_MAGENTO_TOKEN"),
                parsed.GetValue(listen)!,
                Follow: !parsed.GetValue(noFollow),
                parsed.GetValue(force),
                Build: !parsed.GetValue(noBuild),
                Delays: !parsed.GetValue(noDelays)),
            http).RunAsync(cancellationToken));
        return command;
    }

    internal static Uri? ParseStore(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return uri;
        }

        result.AddError($"--store takes an http or https address, not '{result.Tokens[0].Value}'.");
        return null;
    }

    private static Option<int> Port(string name, int port)
    {
        var option = new Option<int>(name) { Description = $"Another port than {port}.", HelpName = "PORT", DefaultValueFactory = _ => port };
        option.Validators.Add(result => Check(result, value => int.TryParse(value, out var number) && number is > 0 and < 65536, "takes a port, 1 to 65535"));
        return option;
    }

    private static void Check(OptionResult result, Func<string, bool> valid, string takes)
    {
        if (result.Tokens.FirstOrDefault(token => !valid(token.Value)) is { } token)
        {
            result.AddError($"{result.Option.Name} {takes}, not '{token.Value}'.");
        }
    }
}
