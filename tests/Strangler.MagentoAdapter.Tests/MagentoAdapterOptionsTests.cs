using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Strangler.MagentoAdapter.Tests;

public class MagentoAdapterOptionsTests
{
    [Theory]
    [InlineData("/relative", "BaseAddress")]
    [InlineData("ftp://shop.example/", "BaseAddress")]
    public void BadAddress_IsRefused(string address, string names) =>
        Validating(options => options.BaseAddress = new Uri(address, UriKind.RelativeOrAbsolute)).Should().Throw<OptionsValidationException>().WithMessage($"*{names}*");

    [Fact]
    public void NoAddress_IsRefused() => Validating(options => options.BaseAddress = null).Should().Throw<OptionsValidationException>().WithMessage("*BaseAddress*");

    [Fact]
    public void EveryFault_IsNamedAtOnce() =>
        Validating(options =>
        {
            options.AttemptTimeout = TimeSpan.FromMinutes(5);
            options.AccessToken = "two words";
            options.Retries = 99;
        }).Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(3);

    [Fact]
    public void Defaults_AreValid() => Validating(_ => { }).Should().NotThrow();

    private static Func<MagentoAdapterOptions> Validating(Action<MagentoAdapterOptions> configure) => () =>
        new ServiceCollection()
            .AddMagentoAdapter(options =>
            {
                options.BaseAddress = new Uri("https://shop.example/");
                configure(options);
            })
            .BuildServiceProvider().GetRequiredService<IOptions<MagentoAdapterOptions>>().Value;
}
