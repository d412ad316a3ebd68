using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Strangler.MagentoAdapter;
using Strangler.MagentoAdapter.Errors;
using Strangler.MagentoAdapter.Modules;
using Strangler.MagentoAdapter.Stores;

namespace Strangler.Cli.Doctor;

/// <summary>Does the store answer, and what is it?</summary>
internal sealed class StoreChecks(Uri store, string? token, TimeProvider time)
{
    /// <summary>The store's clock minus ours, from its <c>Date</c> header; null when it does not answer.</summary>
    public TimeSpan? ClockDifference { get; private set; }

    public async Task<IReadOnlyList<Check>> RunAsync(CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddSingleton(time).AddMagentoAdapter(options =>
        {
            options.BaseAddress = store;
            options.AccessToken = token;
            options.AttemptTimeout = TimeSpan.FromSeconds(20);
            options.Retries = 1;
        }).BuildServiceProvider();
        var checks = new List<Check> { await AnswersAsync(services.GetRequiredService<IStorefrontApi>(), cancellationToken) };
        if (checks[0].Outcome == Outcome.Fail)
        {
            return checks;
        }

        checks.Add(await VersionAsync(services.GetRequiredService<IStorefrontApi>(), cancellationToken));
        checks.Add(token is null
            ? Check.Warn("store.modules", "not asked: without a token the web API does not tell", "--token TOKEN (an integration's access token: System > Integrations)")
            : await ModulesAsync(services.GetRequiredService<IModulesApi>(), cancellationToken));
        return checks;
    }

    private async Task<Check> AnswersAsync(IStorefrontApi storefront, CancellationToken cancellationToken)
    {
        const string Name = "store.answers";
        try
        {
            var asked = time.GetUtcNow();
            using var response = await storefront.GetHomePageAsync(cancellationToken);
            var middle = asked + ((time.GetUtcNow() - asked) / 2);
            // The header has whole seconds, cut off: half a second more is the better guess.
            ClockDifference = response.Headers.Date + TimeSpan.FromMilliseconds(500) - middle;
            return response.StatusCode switch
            {
                HttpStatusCode.OK => Check.Pass(Name, $"{store} answers 200"),
                HttpStatusCode.ServiceUnavailable => Check.Fail(Name, $"{store} is in maintenance (503)", "bin/magento maintenance:disable"),
                HttpStatusCode.NotFound => Check.Warn(Name, $"{store} answers 404 to its home page"),
                { } status when (int)status is >= 300 and < 400 => Check.Warn(
                    Name, $"{store} redirects to {response.Headers.Location}: its base URL is another one", $"--store {response.Headers.Location}"),
                { } status => Check.Fail(Name, $"{store} answers {(int)status}"),
            };
        }
        catch (Refit.ApiRequestException fault)
        {
            return Check.Fail(Name, $"{store} does not answer: {fault.Message}", "check the address, and that this machine reaches it");
        }
    }

    private static async Task<Check> VersionAsync(IStorefrontApi storefront, CancellationToken cancellationToken)
    {
        const string Name = "store.version";
        try
        {
            using var response = await storefront.GetVersionAsync(cancellationToken);
            var text = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
            if (!response.IsSuccessStatusCode || !text.StartsWith("Magento/", StringComparison.Ordinal) || text.Length > 100)
            {
                return Check.Warn(Name, "the store does not tell its version at /magento_version (it may be switched off)", "bin/magento --version");
            }

            return text.StartsWith("Magento/2.4", StringComparison.Ordinal)
                ? Check.Pass(Name, text)
                : Check.Warn(Name, $"{text}: the services answer as 2.4 does; compare before moving traffic");
        }
        catch (Refit.ApiRequestException fault)
        {
            return Check.Warn(Name, $"not to be had: {fault.Message}", "bin/magento --version");
        }
    }

    private static async Task<Check> ModulesAsync(IModulesApi api, CancellationToken cancellationToken)
    {
        const string Name = "store.modules";
        var response = await api.GetModulesAsync(cancellationToken);
        if (!response.IsSuccessful)
        {
            var error = response.ReadError();
            return error.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? Check.Fail(Name, $"the token is not taken: {error.Message}", "an integration with the resource Magento_Backend::admin; on 2.4.4 and later: bin/magento config:set oauth/consumer/enable_integration_as_bearer 1")
                : Check.Fail(Name, error.Message);
        }

        return Describe(Name, response.Content!);
    }

    /// <summary>The modules as a line; those that are not Magento's own may change what an endpoint answers.</summary>
    internal static Check Describe(string name, IReadOnlyList<string> modules)
    {
        var others = modules.Where(module => !module.StartsWith("Magento_", StringComparison.Ordinal) && !module.StartsWith("PayPal_", StringComparison.Ordinal)).ToList();
        return others.Count == 0
            ? Check.Pass(name, $"{modules.Count} modules, all Magento's own")
            : Check.Warn(
                name,
                $"{modules.Count} modules, {others.Count} of others: {string.Join(", ", others.Take(12))}{(others.Count > 12 ? " …" : "")}. One that changes an endpoint of a slice makes answers differ",
                "keep such a slice in shadow until its answers agree");
    }
}
