using System.Text.Json;
using Strangler.Demo.Identity;

namespace Strangler.Demo.Tests.Identity;

public sealed class IdentityTests
{
    [Fact]
    public void PasswordHash_VerifiesWhatItMade()
    {
        var hash = PasswordHash.Create("Customer123!", "abcdefghijklmnopqrstuvwxyz012345");

        hash.Should().EndWith(":abcdefghijklmnopqrstuvwxyz012345:3_32_2_67108864");
        PasswordHash.Verify("Customer123!", hash).Should().BeTrue();
        PasswordHash.Verify("customer123!", hash).Should().BeFalse();
    }

    [Fact]
    public async Task PasswordHash_AgreesWithTheReference()
    {
        using var vectors = await VectorsAsync();
        var hashes = Find(vectors.RootElement, "password_hashes").EnumerateArray().ToList();

        hashes.Should().HaveCountGreaterThan(5).And.AllSatisfy(vector =>
            PasswordHash.Verify(vector.GetProperty("password").GetString()!, vector.GetProperty("stored").GetString()).Should().BeTrue());
    }

    [Fact]
    public async Task Token_AgreesWithTheReference()
    {
        using var vectors = await VectorsAsync();
        var jwt = Find(vectors.RootElement, "jwt");

        var token = new JsonWebToken(jwt.GetProperty("crypt_key").GetString()!).Issue(7, Accounts.CustomerType, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

        token.Should().Be(jwt.GetProperty("token").GetString());
    }

    [Fact]
    public void Token_ExpiredForgedOrForeign_IsNotRead()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var tokens = new JsonWebToken("one-key-0123456789");
        var token = tokens.Issue(1, Accounts.AdminType, now);

        tokens.Read(token, now.AddSeconds(JsonWebToken.Lifetime - 1))!.UserId.Should().Be(1);
        tokens.Read(token, now.AddSeconds(JsonWebToken.Lifetime)).Should().BeNull();
        tokens.Read(token[..^2] + "xx", now).Should().BeNull();
        new JsonWebToken("another-key-01234").Read(token, now).Should().BeNull();
        tokens.Read("no.token", now).Should().BeNull();
    }

    private static async Task<JsonDocument> VectorsAsync() =>
        JsonDocument.Parse(await File.ReadAllTextAsync(RepositoryPaths.RequireShared("magento", "reference", "test-vectors.json"), TestContext.Current.CancellationToken));

    private static JsonElement Find(JsonElement within, string name)
    {
        foreach (var property in within.EnumerateObject())
        {
            if (property.Name == name)
            {
                return property.Value;
            }

            if (property.Value.ValueKind == JsonValueKind.Object && Find(property.Value, name) is { ValueKind: not JsonValueKind.Undefined } found)
            {
                return found;
            }
        }

        return default;
    }
}
