using Strangler.Proxy.Flags;

namespace Strangler.Proxy.Tests.Flags;

public sealed class OverrideTokenTests
{
    private static readonly byte[] Key = new byte[32];
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Side.Extracted, "catalog.product.get")]
    [InlineData(Side.Magento, null)]
    public void Verify_OwnToken_GivesItBack(Side side, string? slice)
    {
        var token = new OverrideToken(side, slice, Now.AddMinutes(5));

        OverrideToken.Verify(token.Sign(Key), Key, Now).Should().Be(token);
    }

    [Fact]
    public void Verify_Expired_IsNothing() =>
        OverrideToken.Verify(new OverrideToken(Side.Extracted, null, Now).Sign(Key), Key, Now).Should().BeNull();

    [Fact]
    public void Verify_AnyChangedCharacter_IsNothing()
    {
        var text = new OverrideToken(Side.Magento, "a.b", Now.AddMinutes(5)).Sign(Key);
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'x' ? 'y' : 'x') + text[(i + 1)..];
            OverrideToken.Verify(changed, Key, Now).Should().BeNull($"character {i} was changed");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1....")]
    [InlineData("v1.extracted.Kg.99999999999")]
    [InlineData("v2.extracted.Kg.99999999999.x")]
    public void Verify_Nonsense_IsNothing(string text) => OverrideToken.Verify(text, Key, Now).Should().BeNull();

    [Fact]
    public void Verify_OtherKey_IsNothing() =>
        OverrideToken.Verify(new OverrideToken(Side.Extracted, null, Now.AddMinutes(5)).Sign(Key), [1, .. Key], Now).Should().BeNull();
}
