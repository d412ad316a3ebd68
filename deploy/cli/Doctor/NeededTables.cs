using System.Text.Json;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Doctor;

/// <summary>The tables that the slices and the services' subscriptions name.</summary>
internal static class NeededTables
{
    public static IReadOnlySet<string> Read(RepositoryLayout repository)
    {
        var tables = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Files(repository))
        {
            try
            {
                using var document = JsonDocument.Parse(File.ReadAllBytes(file));
                if (document.RootElement.TryGetProperty("tables", out var list) && list.ValueKind == JsonValueKind.Array)
                {
                    tables.UnionWith(list.EnumerateArray().Select(table => table.ValueKind == JsonValueKind.Object ? table.GetProperty("name").GetString()! : table.GetString()!));
                }
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new CliFault($"{file} cannot be read: {fault.Message}", fault);
            }
        }

        return tables;
    }

    private static IEnumerable<string> Files(RepositoryLayout repository)
    {
        var (slices, services) = (repository.In("proxy", "slices"), repository.In("extracted-services"));
        return
        [
            .. Directory.Exists(slices) ? Directory.GetFiles(slices, "*.json").Where(file => !file.EndsWith(".schema.json", StringComparison.Ordinal)) : [],
            .. Directory.Exists(services) ? Directory.GetDirectories(services).Select(folder => Path.Combine(folder, "subscription.json")).Where(File.Exists) : [],
        ];
    }
}
