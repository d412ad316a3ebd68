using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Proxy.EdgeCache.Changes;

namespace Strangler.Proxy.EdgeCache.Purging;

/// <summary>A person's order to throw kept answers away.</summary>
/// <param name="Slice">Only this slice's; null for all.</param>
/// <param name="Tags">Only what was made of any of these, such as <c>product/5</c>; null for all.</param>
/// <param name="Reason">Why; it goes into the audit log.</param>
public sealed record PurgeRequest(string? Slice, IReadOnlyList<string>? Tags, string? Reason);

/// <summary>What was thrown away.</summary>
/// <param name="Replica">On which replica at once; the others follow within a second or two.</param>
/// <param name="Dropped">How many answers there.</param>
public sealed record PurgeResult(string Replica, int Dropped);

/// <summary>What fits an order. Kept in the audit log, from which every replica takes it.</summary>
internal sealed record Purge(string? Slice, IReadOnlyList<string>? Tags)
{
    public const string Action = "cache-purge";

    public static Purge Parse(string? json) => json is null ? new Purge(null, null) : JsonSerializer.Deserialize(json, PurgeJson.Default.Purge)!;

    /// <summary>Says what is wrong with an order, or null.</summary>
    public static string? Fault(PurgeRequest request) => request.Tags?.FirstOrDefault(tag => ChangedKey.Parse(tag) is not { Count: 1 }) is { } wrong
        ? $"'{wrong}' is no tag; one is such as product/5."
        : request.Tags is { Count: 0 } ? "No tags at all fit nothing; leave them out to throw everything away." : null;

    public string ToJson() => JsonSerializer.Serialize(this, PurgeJson.Default.Purge);

    public int ApplyTo(AnswerStore answers)
    {
        var tags = Tags?.SelectMany(tag => ChangedKey.Parse(tag) ?? []).ToHashSet();
        return answers.DropWhere(answer => (Slice is null || answer.Key.Space == Slice) && (tags is null || answer.Tags.Any(tags.Contains)));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Purge))]
internal sealed partial class PurgeJson : JsonSerializerContext;
