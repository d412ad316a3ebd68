using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Strangler.Proxy.Protection;

/// <summary>An answer of the facade's own, in the words that whoever asked understands: Magento's REST error, a GraphQL error, or a small page.</summary>
internal static partial class Refusal
{
    public static Task WriteAsync(HttpContext context, int status, string message, TimeSpan? retryAfter = null)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (retryAfter is { } after)
        {
            response.Headers.RetryAfter = ((int)Math.Clamp(Math.Ceiling(after.TotalSeconds), 1, 3600)).ToString(CultureInfo.InvariantCulture);
        }

        if (status == StatusCodes.Status413PayloadTooLarge && !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            // The rest of the body is not read.
            response.Headers.Connection = "close";
        }

        var path = context.Request.Path;
        if (path.StartsWithSegments("/index.php", out var rest))
        {
            path = rest;
        }

        if (path.StartsWithSegments("/rest"))
        {
            return response.WriteAsJsonAsync(new RestError(message), RefusalJson.Default.RestError, "application/json; charset=utf-8", context.RequestAborted);
        }

        if (path.StartsWithSegments("/graphql"))
        {
            return response.WriteAsJsonAsync(new GraphQlErrors([new GraphQlError(message)]), RefusalJson.Default.GraphQlErrors, "application/json; charset=utf-8", context.RequestAborted);
        }

        response.ContentType = "text/html; charset=utf-8";
        var title = ReasonPhrases.GetReasonPhrase(status);
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1><p>{message}</p></body></html>", context.RequestAborted);
    }

    internal sealed record RestError(string Message);

    internal sealed record GraphQlErrors(IReadOnlyList<GraphQlError> Errors);

    internal sealed record GraphQlError(string Message);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(RestError))]
    [JsonSerializable(typeof(GraphQlErrors))]
    internal sealed partial class RefusalJson : JsonSerializerContext;
}
