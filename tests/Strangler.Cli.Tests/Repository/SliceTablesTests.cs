using System.Text.Json;

namespace Strangler.Cli.Tests.Repository;

/// <summary>A slice says which of Magento's tables its answers depend on; each must be one that its service's mirror follows.</summary>
public sealed class SliceTablesTests
{
    public static TheoryData<string> SliceFiles =>
        [.. Directory.EnumerateFiles(RepositoryPaths.InRepository("proxy", "slices"), "*.json").Select(file => Path.GetFileName(file)).Where(name => name != "slice.schema.json")];

    [Theory]
    [MemberData(nameof(SliceFiles))]
    public void Tables_OfASlice_AreMirroredByItsService(string name)
    {
        using var slice = JsonDocument.Parse(File.ReadAllText(RepositoryPaths.InRepository("proxy", "slices", name)));
        var service = slice.RootElement.GetProperty("service").GetString();
        var subscription = Directory.EnumerateFiles(RepositoryPaths.InRepository("extracted-services"), "subscription.json", SearchOption.AllDirectories)
            .Select(file => JsonDocument.Parse(File.ReadAllText(file)))
            .Single(document => document.RootElement.GetProperty("service").GetString() == service);

        var mirrored = subscription.RootElement.GetProperty("tables").EnumerateArray().Select(table => table.GetProperty("name").GetString());

        slice.RootElement.GetProperty("tables").EnumerateArray().Select(table => table.GetString()).Should().NotBeEmpty().And.BeSubsetOf(mirrored);
    }
}
