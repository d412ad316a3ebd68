using Strangler.Demo.Serving;

namespace Strangler.Demo.Tests.Serving;

public sealed class DemoOptionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/", true)]
    [InlineData("https://shop.test/store/", true)]
    [InlineData("http://shop.test/store", false)]
    [InlineData("ftp://shop.test/", false)]
    public void BaseUrl_MustBeAnHttpAddressThatEndsInASlash(string address, bool valid)
    {
        var result = new DemoAddressValidator().Validate(null, new DemoOptions { BaseUrl = new Uri(address) });

        result.Succeeded.Should().Be(valid);
        if (!valid)
        {
            result.FailureMessage.Should().Contain("Demo:BaseUrl").And.Contain(address);
        }
    }

    [Fact]
    public void CryptKey_TooShort_IsRefused() =>
        new DemoOptionsValidator().Validate(null, new DemoOptions { CryptKey = "short" }).FailureMessage.Should().Contain("CryptKey");

    [Fact]
    public void Outlet_WithoutAnAddress_IsTheSamePortUnderItsName() =>
        new DemoOptions { BaseUrl = new Uri("http://127.0.0.1:8080/") }.OutletUrl.Should().Be(new Uri("http://outlet.localhost:8080/"));
}
