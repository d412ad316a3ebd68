using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Strangler.Demo.Catalog;
using Strangler.Demo.Identity;
using Strangler.Demo.Serving;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>
/// The front door of <c>/rest</c>: reads scope and path from the target as it came on the wire, finds the route, checks the
/// caller, and writes the answer with Magento's headers.
/// </summary>
internal sealed partial class RestRouter(RestRoutes routes, StoreDirectory stores, Accounts accounts, ScopeResolver scopes, SessionCookies cookies, ResponseDelay delay, ILogger<RestRouter> logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        var pace = delay.Start(http);
        var renderer = RestRenderer.For(http.Request.Headers.Accept);
        if (renderer is null)
        {
            await ErrorPages.WriteInternalErrorAsync(http);
            return;
        }

        RestAnswer answer;
        try
        {
            answer = await AnswerAsync(http, pace);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            var report = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(7))[..13];
            Log.Failed(logger, http.Request.Path, report, fault);
            answer = RestAnswer.Fail(new WebApiError(500, $"Internal Error. Details are available in Magento log file. Report ID: webapi-{report}"));
        }

        if (answer.Error is null && http.Request.Query["fields"].ToString() is { Length: > 0 } fields && answer.Body is JsonObject or JsonArray)
        {
            answer = answer with { Body = FieldsFilter.Parse(fields) is { } filter ? filter.Apply(answer.Body) : new JsonArray() };
        }

        await pace.WaitAsync(http.RequestAborted);
        var response = http.Response;
        response.StatusCode = answer.Status;
        response.ContentType = renderer.ContentType;
        // nginx compresses these statuses alone, and says so on them alone.
        if (answer.Status is StatusCodes.Status200OK or StatusCodes.Status404NotFound)
        {
            response.Headers.Vary = HeaderNames.AcceptEncoding;
        }

        if (answer.TouchedSession)
        {
            cookies.RenewSession(http);
            response.Headers.Expires = "Thu, 19 Nov 1981 08:52:00 GMT";
            response.Headers.Pragma = "no-cache";
        }

        if (answer.Error is null)
        {
            response.Headers.XFrameOptions = "SAMEORIGIN";
        }

        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await renderer.WriteAsync(http, answer);
        }
    }

    private async Task<RestAnswer> AnswerAsync(HttpContext http, ResponseDelay.Pace pace)
    {
        var path = Segments(http);
        var (scope, rest) = await ScopeAsync(http, path);
        if (scope is null)
        {
            return RestAnswer.Fail(WebApiError.CannotBeProcessed());
        }

        var method = http.Request.Method;
        if (method is not ("GET" or "POST" or "PUT" or "DELETE"))
        {
            return RestAnswer.Fail(WebApiError.MethodNotSupported(method));
        }

        foreach (var route in routes.All)
        {
            if (route.Match(method, rest) is { } parameters)
            {
                pace.Is(route.Pattern);
                return await RunAsync(http, scope, route, parameters, pace);
            }
        }

        return RestAnswer.Fail(WebApiError.NoRoute());
    }

    private async Task<RestAnswer> RunAsync(HttpContext http, StoreView scope, RestRoute route, IReadOnlyList<string> parameters, ResponseDelay.Pace pace)
    {
        var (caller, callerId) = await accounts.IdentifyAsync(http.Request.Headers.Authorization, http.RequestAborted);
        if (!route.Allows(caller) && !(route.MayBeOpen && await accounts.AllowsInsecureAccessAsync(http.RequestAborted)))
        {
            pace.Is("401");
            return RestAnswer.Fail(WebApiError.NotAuthorized(route.Resource), touchedSession: true);
        }

        var (body, fault) = route.Method is "POST" or "PUT" ? await BodyAsync(http) : (null, null);
        return fault is not null
            ? RestAnswer.Fail(fault)
            : await route.Handle(new RestRequest(http, scope, caller, callerId, parameters, body));
    }

    // The path as sent, split at its slashes, each part decoded once: %2F is a slash inside a parameter and %252F is not.
    private static List<string> Segments(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.AsSpan(0, target.IndexOf('?') is var query and >= 0 ? query : target.Length).ToString();
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        return parts[(parts.IndexOf("rest") + 1)..];
    }

    private async Task<(StoreView? Scope, IReadOnlyList<string> Path)> ScopeAsync(HttpContext http, List<string> path)
    {
        if (path is ["V1", .. var direct])
        {
            return (await scopes.ResolveAsync(http), direct);
        }

        if (path is [var code, "V1", .. var rest])
        {
            return (await stores.FindAsync(code == "all" ? "admin" : code, http.RequestAborted), rest);
        }

        return (null, path);
    }

    private static async Task<(JsonObject? Body, WebApiError? Fault)> BodyAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        if (text.Length == 0)
        {
            return (null, null);
        }

        if (string.IsNullOrEmpty(http.Request.ContentType))
        {
            return (null, new WebApiError(400, "Content-Type header is empty."));
        }

        var mediaType = http.Request.ContentType.Split(';')[0].Trim();
        if (mediaType != "application/json")
        {
            return (null, new WebApiError(400, $"Server cannot understand Content-Type HTTP header media type {mediaType}"));
        }

        try
        {
            return (JsonNode.Parse(text) as JsonObject, null);
        }
        catch (JsonException)
        {
            return (null, new WebApiError(400, "Decoding error."));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Error, "The call {Path} failed; report {Report}.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, string path, string report, Exception fault);
    }
}
