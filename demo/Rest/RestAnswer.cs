using System.Text.Json.Nodes;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>What an endpoint says: a body, or an error. <see cref="TouchedSession"/>: Magento would have started a PHP session on the way.</summary>
internal sealed record RestAnswer(JsonNode? Body, WebApiError? Error = null, bool TouchedSession = false)
{
    public int Status => Error?.Status ?? 200;

    public static RestAnswer Of(JsonNode? body, bool touchedSession = false) => new(body, null, touchedSession);

    public static RestAnswer Fail(WebApiError error, bool touchedSession = false) => new(null, error, touchedSession);
}
