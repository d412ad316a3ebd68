using System.Text.Json.Nodes;
using Strangler.Demo.Rest;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Storefront;

/// <summary>Messages to the visitor: kept for the next section load, and sent along in the cookie that scripts read.</summary>
internal sealed class Messages(SessionCookies cookies)
{
    public void Add(HttpContext http, string type, string text)
    {
        var session = cookies.Session(http);
        session.Messages.Enqueue((type, text));
        cookies.SendMessages(http, PhpJson.ToText(List([.. session.Messages])));
    }

    /// <summary>What waits, which is then gone.</summary>
    public JsonArray Take(HttpContext http)
    {
        var taken = new List<(string, string)>();
        while (cookies.ExistingSession(http) is { } session && session.Messages.TryDequeue(out var message))
        {
            taken.Add(message);
        }

        return List(taken);
    }

    private static JsonArray List(IEnumerable<(string Type, string Text)> messages) =>
        new([.. messages.Select(message => new JsonObject { ["type"] = message.Type, ["text"] = message.Text })]);
}
