using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Catalog.Access;
using Strangler.Catalog.Database;
using Strangler.Catalog.Projection;
using Strangler.Catalog.Telemetry;
using Strangler.WebApi.Authentication;
using Strangler.WebApi.Errors;
using Strangler.WebApi.Fields;
using Strangler.WebApi.Json;
using Strangler.WebApi.Rendering;

namespace Strangler.Catalog.Products;

/// <summary>
/// Answers <c>GET /rest/{store}/V1/products/{sku}</c> byte for byte as Magento does: one query for the finished document and the
/// versions of what is remembered. What Magento alone can answer exactly is declined; without its database it says 503 at once.
/// </summary>
internal sealed partial class ProductEndpoint(
    CatalogDatabase database, AccessReader access, IOptions<CatalogOptions> options, CatalogMetrics metrics, ILogger<ProductEndpoint> logger)
{
    private readonly CatalogOptions _options = options.Value;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception fault) when (IsDatabaseFault(fault) && !context.Response.HasStarted)
        {
            Log.DatabaseUnavailable(logger, fault);
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        metrics.Answered(context.Response.StatusCode);
    }

    private static bool IsDatabaseFault(Exception fault) => fault is MySqlException or TimeoutException or System.Net.Sockets.SocketException;

    private async Task AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var format = AcceptNegotiation.Choose(context.Request.Headers.Accept);
        if (format == RestFormat.Unknown)
        {
            RestResponse.Decline(context, "accept");
            return;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var state = access.Current ?? await access.ReadAsync(connection, version: -1, keep: false, cancellationToken);
        var request = ProductRequest.Read(context, state, _options.ReservedSegments);
        var document = await ReadAsync(connection, request, cancellationToken);
        if (document.AccessIsPending || document.AccessVersion != state.Version)
        {
            state = await access.ReadAsync(connection, document.AccessVersion, keep: !document.AccessIsPending, cancellationToken);
            var again = ProductRequest.Read(context, state, _options.ReservedSegments);
            document = again.Scope == request.Scope && again.Sku == request.Sku ? document : await ReadAsync(connection, again, cancellationToken);
            request = again;
        }

        await AnswerAsync(context, connection, state, request, document, format);
    }

    private Task<StoredDocument> ReadAsync(MySqlConnection connection, ProductRequest request, CancellationToken cancellationToken) =>
        StoredDocument.ReadAsync(connection, request.Sku, request.Scope?.Id ?? 0, _options.DatabaseTimeoutSeconds, cancellationToken);

    private async Task AnswerAsync(
        HttpContext context, MySqlConnection connection, AccessState state, ProductRequest request, StoredDocument document, RestFormat format)
    {
        if (document.Generation == 0 || document.MirrorIsCopied)
        {
            // Nothing was projected yet, or tokens and roles are being copied anew and some of them are missing.
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        if (request.Decline is { } reason)
        {
            RestResponse.Decline(context, reason);
            return;
        }

        if (request.Error is { } error)
        {
            await RestResponse.WriteErrorAsync(context, error, format);
            return;
        }

        var caller = await CallerAsync(context, connection, state);
        if (caller is null)
        {
            return;
        }

        if (!caller.Allows(AclResource.Products) && !state.Settings.AllowsInsecureAccess)
        {
            await RestResponse.WriteErrorAsync(context, WebApiError.NotAuthorized(AclResource.Products.Id), format);
            return;
        }

        if (document.Exists && AnswerTags.AreWanted(context))
        {
            AnswerTags.Tell(context, "product", await ProductTags.ReadAsync(connection, document.ProductId, _options.DatabaseTimeoutSeconds, context.RequestAborted));
        }

        await AnswerAsync(context, state, request, document, caller, format);
    }

    // Null when the request was declined.
    private async Task<Caller?> CallerAsync(HttpContext context, MySqlConnection connection, AccessState state)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count > 1)
        {
            RestResponse.Decline(context, "authorization");
            return null;
        }

        var caller = Caller.Guest;
        if (BearerToken.Read(authorization) is { } token)
        {
            if (await access.FindCallerAsync(connection, state, token, context.RequestAborted) is not { } found)
            {
                RestResponse.Decline(context, "token");
                return null;
            }

            caller = found;
        }

        if (caller.UserType == UserType.Guest && OtherAuthentication.Reason(context.Request) is { } reason)
        {
            RestResponse.Decline(context, reason);
            return null;
        }

        return caller;
    }

    private static async Task AnswerAsync(
        HttpContext context, AccessState state, ProductRequest request, StoredDocument document, Caller caller, RestFormat format)
    {
        if (!document.Exists)
        {
            await RestResponse.WriteErrorAsync(context, WebApiError.NoSuchProduct(), format);
            return;
        }

        var crossesWebsites = request.Current.WebsiteId != request.Scope.WebsiteId;
        if (document.Flags.HasFlag(DocumentFlags.Undecided)
            || (crossesWebsites && document.Flags.HasFlag(DocumentFlags.DependsOnWebsite))
            || (request.Current != request.Scope && state.StockConfigIsScoped))
        {
            RestResponse.Decline(context, "product");
            return;
        }

        var body = document.Body;
        if (request.EditMode && document.EditTierPrices is { } tierPrices)
        {
            body = DocumentParts.WithTierPrices(body, tierPrices);
        }

        if (!caller.Allows(AclResource.CatalogInventory))
        {
            body = DocumentParts.WithoutStockItem(body);
        }

        if (!request.HasFields)
        {
            await RestResponse.WriteSuccessAsync(context, body, format);
            return;
        }

        using var filtered = new PooledBuffer(body.Length);
        if (FilteredJson.TryWrite(body, request.Fields is { } fields ? FieldFilter.Parse(fields) : null, new PhpJsonWriter(filtered)))
        {
            await RestResponse.WriteSuccessAsync(context, filtered.WrittenMemory, format);
        }
        else
        {
            RestResponse.Decline(context, "fields");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DatabaseUnavailable, LogLevel.Warning, "The database does not answer; the request is left to Magento")]
        public static partial void DatabaseUnavailable(ILogger logger, Exception fault);
    }
}
