using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Strangler.Catalog.Tests.Support;

namespace Strangler.Catalog.Tests.Projection;

/// <summary>The read model held beside what its mirror gives.</summary>
public sealed class ReadModelVerifyTests(CatalogFixture fixture)
{
    [Fact]
    public async Task Spoilt_missing_and_extra_documents_are_found_built_anew_and_then_equal()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Port}") };
        var clean = await CompareAsync(client, repair: false);
        clean.Compared.Should().BePositive();
        clean.Differing.Should().Be(0);

        await host.ExecuteAsync(
            """
            UPDATE product_document SET body = REPLACE(body, '"sku"', '"skv"') WHERE entity_id = 1 AND store_id = 0;
            DELETE FROM product_document WHERE entity_id = 2 AND store_id = 0;
            INSERT INTO product_document SELECT generation, 999999, 0, 'ghost', flags, NULL, body FROM product_document WHERE entity_id = 3 AND store_id = 0
            """, cancellationToken);
        var found = (await CompareAsync(client, repair: true)).Differences;
        found.Select(difference => $"{difference["kind"]} {difference["entityId"]} {difference["storeId"]}").Should().BeEquivalentTo("different 1 0", "missing 2 0", "extra 999999 0");
        found.First(difference => difference["entityId"]!.GetValue<int>() == 1)["text"]!.GetValue<string>().Should().Contain("skv").And.Contain("sku");

        await Eventually.TrueAsync(
            async () => await CompareAsync(client, repair: false) is { Waiting: 0, Differing: 0 },
            "what was ordered is built anew", cancellationToken);
    }

    private static async Task<(long Compared, long Differing, long Waiting, List<JsonNode> Differences)> CompareAsync(HttpClient client, bool repair)
    {
        var (compared, differing, waiting, differences) = (0L, 0L, 0L, new List<JsonNode>());
        var after = "0";
        for (var pieces = 0; after is not null; pieces++)
        {
            using var response = await client.PostAsync($"/internal/verify?repair={repair}&after={after}", null, TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            var piece = (await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
            compared += piece["compared"]!.GetValue<long>();
            differing += piece["differing"]!.GetValue<long>();
            waiting += piece["waiting"]!.GetValue<long>();
            differences.AddRange(piece["differences"]!.AsArray()!);
            after = piece["next"]?.GetValue<string>();
            pieces.Should().BeLessThan(100, "each piece goes on");
        }

        return (compared, differing, waiting, differences);
    }
}
