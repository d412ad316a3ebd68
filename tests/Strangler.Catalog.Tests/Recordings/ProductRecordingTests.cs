using System.Buffers.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Strangler.Catalog.Tests.Support;
using Strangler.WebApi.Authentication;
using Strangler.WebApi.Rendering;

namespace Strangler.Catalog.Tests.Recordings;

/// <summary>Every recorded request for a product, sent to the service over the recorded data.</summary>
public sealed partial class ProductRecordingTests(CatalogFixture fixture)
{
    private static readonly string[] Files =
        ["rest-catalog.jsonl", "rest-inventory.jsonl", "rest-customer.jsonl", "rest-cart-checkout.jsonl", "rest-orders.jsonl"];

    // What Magento alone answers: its crash page and other routes.
    private static readonly Dictionary<string, string> Declined = new()
    {
        ["product slash sku raw slash"] = "route",
        ["Accept text/html"] = "accept",
        ["Accept unsupported image/png"] = "accept",
    };

    [Fact]
    public async Task Every_recording_of_the_endpoint_is_answered_byte_for_byte()
    {
        await using var host = await fixture.OwnAsync(TestContext.Current.CancellationToken);
        var (equal, declined, faults) = (0, 0, new List<string>());
        foreach (var recording in Files.SelectMany(Recording.Read).Where(IsOfEndpoint))
        {
            host.Time.Now = DateTimeOffset.Parse(recording.ResponseHeader("Date")!, System.Globalization.CultureInfo.InvariantCulture);
            var answer = await RawHttp.SendAsync(
                host.Port, recording.Method, recording.Target, recording.RequestHeaders.Select(Resign), recording.RequestBody, TestContext.Current.CancellationToken);
            if (answer.Status == 421)
            {
                declined++;
                if (answer.Header(RestResponse.DeclineHeader) != Declined.GetValueOrDefault(recording.Name))
                {
                    faults.Add($"{recording}: declined for {answer.Header(RestResponse.DeclineHeader)}");
                }

                continue;
            }

            var difference = Difference(recording, answer);
            if (difference is null)
            {
                equal++;
            }
            else
            {
                faults.Add($"{recording}: {difference}");
            }
        }

        faults.Should().BeEmpty();
        equal.Should().BeGreaterThan(50);
        declined.Should().Be(Declined.Count);
    }

    [Fact]
    public async Task What_a_list_says_of_a_product_is_in_the_products_own_answer()
    {
        var host = await fixture.SharedAsync(TestContext.Current.CancellationToken);
        var (compared, faults) = (0, new List<string>());
        foreach (var recording in Recording.Read("rest-catalog.jsonl").Where(recording => List().IsMatch(recording.Target) && recording.Status == 200))
        {
            using var list = JsonDocument.Parse(recording.Body);
            if (!list.RootElement.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Array)
            {
                continue;
            }

            foreach (var item in items.EnumerateArray().Where(item => item.TryGetProperty("sku", out _) && item.TryGetProperty("attribute_set_id", out _)))
            {
                var store = List().Match(recording.Target).Groups["store"].Value;
                var target = $"/rest{store}/V1/products/{Uri.EscapeDataString(item.GetProperty("sku").GetString()!)}";
                var answer = await RawHttp.GetAsync(
                    host.Port, target, TestContext.Current.CancellationToken, [.. recording.RequestHeaders.Where(header => header.Name == "Authorization")]);
                using var own = JsonDocument.Parse(answer.Body);
                faults.AddRange(ItemDifferences(item, own.RootElement).Select(difference => $"{recording} {target}: {difference}"));
                compared++;
            }
        }

        faults.Should().BeEmpty();
        compared.Should().BeGreaterThan(30);
    }

    private static bool IsOfEndpoint(Recording recording) =>
        Endpoint().IsMatch(recording.Target) && recording.Method is not ("POST" or "PUT" or "DELETE")
        && !recording.Target.Contains("/products/types", StringComparison.Ordinal)
        && !recording.Target.Contains("/products/attributes", StringComparison.Ordinal);

    // The key of the recorded store is not known: its tokens are signed again, with the key this service has.
    private static (string Name, string Value) Resign((string Name, string Value) header)
    {
        var parts = header.Value.Split('.');
        if (header.Name != "Authorization" || parts.Length != 3)
        {
            return header;
        }

        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var root = claims.RootElement;
        return (header.Name, "Bearer " + new MagentoJwt(CatalogFixture.CryptKey).Issue(new JwtClaims(
            (UserType)root.GetProperty("utypid").GetInt32(), root.GetProperty("uid").GetInt32(), root.GetProperty("iat").GetInt64(),
            root.GetProperty("exp").GetInt64())));
    }

    private static string? Difference(Recording recording, RawAnswer answer)
    {
        if (answer.Status != recording.Status)
        {
            return $"status {answer.Status}, not {recording.Status}: {answer.Text}";
        }

        if (answer.Text != recording.Body)
        {
            var at = answer.Text.Zip(recording.Body).TakeWhile(pair => pair.First == pair.Second).Count();
            return $"body differs at {at}: …{Around(answer.Text, at)}… is not …{Around(recording.Body, at)}…";
        }

        string[] names = ["Content-Type", "Cache-Control", "X-Frame-Options"];
        return names.FirstOrDefault(name => answer.Header(name) != recording.ResponseHeader(name)) is { } different
            ? $"{different}: {answer.Header(different)}, not {recording.ResponseHeader(different)}"
            : null;
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 60)];

    private static IEnumerable<string> ItemDifferences(JsonElement item, JsonElement own)
    {
        foreach (var member in item.EnumerateObject().Where(member => member.Name is not ("extension_attributes" or "custom_attributes")))
        {
            if (!own.TryGetProperty(member.Name, out var value) || value.GetRawText() != member.Value.GetRawText())
            {
                yield return $"{member.Name}: {member.Value.GetRawText()}";
            }
        }

        foreach (var member in item.GetProperty("extension_attributes").EnumerateObject())
        {
            if (own.GetProperty("extension_attributes").GetProperty(member.Name).GetRawText() != member.Value.GetRawText())
            {
                yield return member.Name;
            }
        }

        // A list sorted by price joins the price index and shows its minimum, which the product itself does not have.
        var attributes = item.GetProperty("custom_attributes").EnumerateArray()
            .Where(attribute => attribute.GetProperty("attribute_code").GetString() != "minimal_price").Select(attribute => attribute.GetRawText());
        if (!attributes.SequenceEqual(own.GetProperty("custom_attributes").EnumerateArray().Select(attribute => attribute.GetRawText())))
        {
            yield return "custom_attributes";
        }
    }


    [GeneratedRegex(@"^(/index\.php)?/rest/+([a-z]+/)?[Vv]1/products/([^/?]+/?|SKU/WITH%20SLASH)(\?.*)?$")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"^/rest(?<store>/[a-z]+)?/V1/products\?")]
    private static partial Regex List();
}
