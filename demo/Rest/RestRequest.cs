using System.Text.Json.Nodes;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Rest;

/// <summary>Who calls; a guest has no id.</summary>
internal enum CallerKind
{
    Guest,
    Integration,
    Admin,
    Customer,
}

/// <summary>A web API call after routing: scope, caller, the path's parameters decoded once, and the body.</summary>
internal sealed record RestRequest(HttpContext Http, StoreView Store, CallerKind Caller, int? CallerId, IReadOnlyList<string> Path, JsonObject? Body)
{
    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public CancellationToken Cancelled => Http.RequestAborted;
}
