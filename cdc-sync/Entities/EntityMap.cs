using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.CdcSync.Routing;

namespace Strangler.CdcSync.Entities;

/// <summary>
/// What a service says about the things its tables describe: <c>entities.json</c> beside <c>subscription.json</c>. With it a row of a table
/// can be told as what people know: this product, this store view, this attribute.
/// </summary>
internal sealed record EntityMap(IReadOnlyList<EntityDefinition> Entities, IReadOnlyList<NameRule>? Names)
{
    public const string FileName = "entities.json";

    public static EntityMap None { get; } = new([], []);

    /// <summary>Reads the file named, or the one beside the subscription; a service need not have one.</summary>
    public static EntityMap Load(string? path, string subscriptionPath, Subscription subscription)
    {
        var file = string.IsNullOrEmpty(path) ? Beside(subscriptionPath) : path;
        if (!File.Exists(file))
        {
            return string.IsNullOrEmpty(path) ? None : throw new InvalidDataException($"Cdc:Targets: the entities file '{Path.GetFullPath(file)}' does not exist.");
        }

        try
        {
            var map = JsonSerializer.Deserialize(File.ReadAllText(file), EntityJson.Default.EntityMap);
            var fault = map switch
            {
                null or { Entities: null } => "'entities' is missing",
                _ when map.Entities.Any(entity => entity is not { Name.Length: > 0, Table.Length: > 0, Key.Length: > 0 }) => "an entity lacks 'name', 'table' or 'key'",
                _ when map.Tables().FirstOrDefault(table => subscription.Tables.All(known => known.Name != table)) is { } unknown => $"the subscription has no table '{unknown}'",
                _ => null,
            };
            return fault is null ? map! : throw new InvalidDataException($"{file}: {fault}.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{file}: {fault.Message}", fault);
        }
    }

    public EntityDefinition? Find(string name) => Entities.FirstOrDefault(entity => entity.Name == name);

    /// <summary>The entity that a table's rows belong to, and how.</summary>
    public (EntityDefinition Entity, RelatedTable Table)? OfTable(string table)
    {
        foreach (var entity in Entities)
        {
            if (entity.AllTables().FirstOrDefault(related => related.Name == table) is { } found)
            {
                return (entity, found);
            }
        }

        return null;
    }

    // A folder with the subscriptions of several services: catalog.json and catalog.entities.json.
    private static string Beside(string subscription)
    {
        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(subscription))!, Path.GetFileNameWithoutExtension(subscription));
        return Path.Combine(folder, name == "subscription" ? FileName : $"{name}.{FileName}");
    }

    private IEnumerable<string> Tables() => Entities.SelectMany(entity => entity.AllTables().SelectMany(table => (table.Through ?? []).Select(step => step.Table).Prepend(table.Name)))
        .Concat((Names ?? []).Select(name => name.Table));
}

/// <summary>A thing with a root table, and the tables whose rows belong to it.</summary>
/// <param name="Name">What it is called: <c>product</c>.</param>
/// <param name="Table">Its root table.</param>
/// <param name="Key">The root table's column that others refer to.</param>
/// <param name="Label">The root table's column by which people know it; the key when there is none.</param>
/// <param name="LabelName">What people call that: <c>SKU</c>.</param>
/// <param name="Tables">Further tables with rows of it.</param>
/// <param name="AffectedBy">Dirty entities of the subscription whose change may change any of it.</param>
internal sealed record EntityDefinition(
    string Name, string Table, string Key, string? Label, string? LabelName, IReadOnlyList<RelatedTable>? Tables, IReadOnlyList<string>? AffectedBy)
{
    public IEnumerable<RelatedTable> AllTables() => (Tables ?? []).Prepend(new RelatedTable(Table, Key, null));
}

/// <summary>A table whose column holds the entity's key, or a key that leads there step by step.</summary>
internal sealed record RelatedTable(string Name, string Column, IReadOnlyList<RelationStep>? Through);

/// <summary>From a value of <see cref="Key"/> to the row's <see cref="Column"/>.</summary>
internal sealed record RelationStep(string Table, string Key, string Column);

/// <summary>How the value of a column is told: as another table's column.</summary>
/// <param name="Column">The column that refers: <c>attribute_id</c>.</param>
/// <param name="As">What it is called: <c>attribute</c>.</param>
/// <param name="Table">Where the name stands.</param>
/// <param name="Key">The column there that is referred to.</param>
/// <param name="Show">The column there that is the name.</param>
internal sealed record NameRule(string Column, string As, string Table, string Key, string Show);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(EntityMap))]
internal sealed partial class EntityJson : JsonSerializerContext;
