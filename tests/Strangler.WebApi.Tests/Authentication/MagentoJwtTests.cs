using System.Security.Cryptography;
using Strangler.WebApi.Authentication;
using Strangler.WebApi.Tests.Json;

namespace Strangler.WebApi.Tests.Authentication;

public sealed class MagentoJwtTests
{
    [Fact]
    public void A_token_of_the_vectors_is_verified_and_made_again()
    {
        var vector = TestVectors.Section("jwt");
        var key = vector.GetProperty("crypt_key").GetString()!;
        Convert.ToHexStringLower(SHA256.HashData(MagentoJwt.PadKey(key))).Should().Be(vector.GetProperty("padded_key_sha256").GetString());
        var token = vector.GetProperty("token").GetString()!;
        var jwt = new MagentoJwt($"older-key {key}");
        var claims = jwt.Verify(token);
        claims.Should().Be(new JwtClaims(UserType.Customer, 7, 1700000000, 1700003600));
        jwt.Issue(claims!).Should().Be(token);
    }

    [Fact]
    public void An_odd_padding_is_longer_on_the_right()
    {
        var key = MagentoJwt.PadKey("short");
        key.Length.Should().Be(2048);
        key.AsSpan().IndexOf("short"u8).Should().Be(TestVectors.Section("jwt").GetProperty("padding_example").GetProperty("left").GetInt32());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("a.b")]
    [InlineData("jnsuqq28okz9o7qkgdpl96y6osj72j8r")]
    public void Other_texts_are_no_tokens(string token) => new MagentoJwt("key").Verify(token).Should().BeNull();

    [Fact]
    public void Another_key_or_algorithm_does_not_verify()
    {
        var token = new MagentoJwt("one").Issue(new JwtClaims(UserType.Admin, 1, 1, 2));
        new MagentoJwt("two").Verify(token).Should().BeNull();
        new MagentoJwt("one", "HS512").Verify(token).Should().BeNull();
        new MagentoJwt("one", "HS512").Verify(new MagentoJwt("one", "HS512").Issue(new JwtClaims(UserType.Admin, 1, 1, 2)))
            .Should().Be(new JwtClaims(UserType.Admin, 1, 1, 2));
    }

    [Theory]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bEARER abc", "abc")]
    [InlineData("Bearer ", null)]
    [InlineData("Bearer  abc", null)]
    [InlineData("Bearer a b", null)]
    [InlineData("Basic YTpi", null)]
    [InlineData(null, null)]
    public void A_bearer_has_exactly_two_parts(string? header, string? token) => BearerToken.Read(header).Should().Be(token);

    [Fact]
    public void The_nearest_rule_decides_and_the_own_role_goes_first()
    {
        Dictionary<string, bool> parent = new() { ["Magento_Backend::all"] = true, ["Magento_Catalog::products"] = false };
        new Caller(UserType.Admin, 1, [parent]).Allows(AclResource.Products).Should().BeFalse();
        new Caller(UserType.Admin, 1, [parent]).Allows(AclResource.CatalogInventory).Should().BeTrue();
        new Caller(UserType.Admin, 1, [new Dictionary<string, bool> { ["Magento_Catalog::products"] = true }, parent])
            .Allows(AclResource.Products).Should().BeTrue();
        Caller.Guest.Allows(AclResource.Products).Should().BeFalse();
    }
}
