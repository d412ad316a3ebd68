using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strangler.CdcSync.Routing;

/// <summary>What a service mirrors: its tables, and which rows make which keys of its read models dirty.</summary>
internal sealed record Subscription(string Service, IReadOnlyList<TableSubscription> Tables)
{
    /// <summary>The entity whose key <c>*</c> means that everything must be rebuilt.</summary>
    public const string AllEntities = "all";

    public const string AllKeys = "*";

    /// <summary>Reads the file; everything wrong with it is one message that names the file.</summary>
    public static Subscription Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"Cdc:Targets: the subscription file '{Path.GetFullPath(path)}' does not exist.");
        }

        try
        {
            var subscription = JsonSerializer.Deserialize(File.ReadAllText(path), SubscriptionJson.Default.Subscription);
            var fault = subscription switch
            {
                null or { Service: null or "" } => "'service' is missing",
                { Tables: null or { Count: 0 } } => "'tables' is missing or empty",
                _ when subscription.Tables.Any(table => string.IsNullOrEmpty(table.Name)) => "a table has no 'name'",
                _ when subscription.Tables.GroupBy(table => table.Name).FirstOrDefault(group => group.Count() > 1) is { } twice => $"table '{twice.Key}' is named twice",
                _ => null,
            };
            return fault is null ? subscription! : throw new InvalidDataException($"{path}: {fault}.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }
}

/// <summary>A mirrored table.</summary>
internal sealed record TableSubscription(string Name, IReadOnlyList<DirtyRule>? Dirty)
{
    /// <summary>What follows when the target refuses a row.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<ErrorPolicy>))]
    public ErrorPolicy OnError { get; init; }
}

/// <summary>What follows when the target refuses a row of a table.</summary>
internal enum ErrorPolicy
{
    /// <summary>It becomes a dead letter, and the rest goes on.</summary>
    Hold,

    /// <summary>The target stops until the row is taken.</summary>
    Stop,
}

/// <summary>Changed rows make this entity's key dirty: the column's value before and after, or <c>*</c> where no column is named.</summary>
internal sealed record DirtyRule(string Entity, string? Column);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(Subscription))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
