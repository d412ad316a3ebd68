using System.CommandLine;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using Strangler.Demo.Admin;
using Strangler.Demo.Cart;
using Strangler.Demo.Catalog;
using Strangler.Demo.Identity;
using Strangler.Demo.Media;
using Strangler.Demo.Rest;
using Strangler.Demo.Serving;
using Strangler.Demo.Storefront;
using Strangler.ServiceDefaults;

namespace Strangler.Demo.Commands;

/// <summary><c>serve</c>, and what runs without a command: the store on its listeners. Options are those of any ASP.NET Core process.</summary>
internal static class ServeCommand
{
    private const string ConnectionName = "Store";

    public static Command Create(string[] arguments)
    {
        var command = new Command("serve", "Serve the store (default).") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((_, cancellationToken) => RunAsync([.. arguments.Where(argument => argument != "serve")], cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(arguments);
        AddStore(builder);
        await using var app = builder.Build();
        MapStore(app);
        try
        {
            await app.RunAsync(cancellationToken);
            return 0;
        }
        catch (OptionsValidationException fault)
        {
            await Console.Error.WriteLineAsync($"serve: {string.Join(' ', fault.Failures)}");
            return 1;
        }
    }

    /// <summary>Everything the store needs, on any builder; tests use it with their own.</summary>
    public static void AddStore(WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults("demo");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var services = builder.Services;
        services.AddOptions<DemoOptions>().BindConfiguration(DemoOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DemoOptions>, DemoOptionsValidator>().AddSingleton<IValidateOptions<DemoOptions>, DemoAddressValidator>();
        var connection = builder.Configuration.GetConnectionString(ConnectionName);
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new OptionsValidationException(ConnectionName, typeof(string), [$"ConnectionStrings:{ConnectionName} is missing: where is the store's database?"]);
        }

        services.AddSingleton(_ => StoreDatabase.Open(connection));
        services.AddHealthChecks().AddCheck<DatabaseCheck>("store database", tags: [ServiceDefaultsExtensions.ReadyTag]);
        services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true;
            compression.Providers.Add<GzipCompressionProvider>();
            compression.MimeTypes = ["text/html", "text/css", "application/json", "application/javascript", "application/xml"];
        });
        services.AddSingleton(System.Text.Encodings.Web.HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All));
        services.AddSingleton<StoreDirectory>().AddSingleton<AttributeDirectory>().AddSingleton<ProductReader>().AddSingleton<ProductParts>().AddSingleton<PriceReader>()
            .AddSingleton<CategoryReader>().AddSingleton<ProductWriter>().AddSingleton<UrlResolver>();
        services.AddSingleton<Accounts>().AddSingleton<ShopSessions>().AddSingleton<SessionCookies>().AddSingleton<ScopeResolver>().AddSingleton<ResponseDelay>().AddSingleton<PageCache>();
        services.AddSingleton<ProductJson>().AddSingleton<ProductEndpoints>().AddSingleton<ProductListEndpoints>().AddSingleton<CartJson>().AddSingleton<GuestCartEndpoints>().AddSingleton<CategoryEndpoints>().AddSingleton<TokenEndpoints>().AddSingleton<StoreEndpoints>().AddSingleton<RestRoutes>().AddSingleton<RestRouter>();
        services.AddSingleton<PageRenderer>().AddSingleton<ProductPageReader>().AddSingleton<ProductSearch>().AddSingleton<CatalogPages>().AddSingleton<CartPages>().AddSingleton<CheckoutPages>().AddSingleton<AccountPages>()
            .AddSingleton<SectionPages>().AddSingleton<Messages>().AddSingleton<CartItems>().AddSingleton<CartService>().AddSingleton<OrderPlacer>().AddSingleton<StoreSwitch>()
            .AddSingleton<AdminSessions>().AddSingleton<AdminProducts>().AddSingleton<AdminHandler>().AddSingleton<StorefrontRouter>().AddSingleton<StorefrontHandler>();
    }

    public static void MapStore(WebApplication app)
    {
        app.UseResponseCompression();
        app.MapServiceDefaults();
        app.MapMedia();
        app.Map("/health_check.php", DatabaseCheck.AnswerAsync);
        app.Map("/rest/{**path}", (HttpContext http, RestRouter router) => router.HandleAsync(http));
        app.Map("/index.php/rest/{**path}", (HttpContext http, RestRouter router) => router.HandleAsync(http));
        app.Map("/admin/{**path}", (HttpContext http, AdminHandler handler) => handler.HandleAsync(http));
        app.Map("/{**path}", (HttpContext http, StorefrontHandler handler) => handler.HandleAsync(http));
    }
}
