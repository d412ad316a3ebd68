using Microsoft.Extensions.DependencyInjection;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Parity;

public sealed class ParityStoreTests(ControlDatabase database)
{
    [Fact]
    public async Task What_is_rarely_wrong_is_told_before_what_is_always_noise()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(cancelled), cancelled);
        await facade.ReadyAsync(cancelled);
        var counts = new ParityCounts { Compared = 10_000, Different = 10, NoiseCompared = 500 };
        for (var i = 0; i < 30; i++)
        {
            counts.Groups[($"$.noise{i}", "value")] = new ParityGroup { Count = 9_000, NoiseCount = 450 };
        }

        counts.Groups[("$.price", "value")] = new ParityGroup { Count = 10 };
        await facade.Services.GetRequiredService<ParityStore>().AddAsync(new Dictionary<string, ParityCounts> { [FacadeUnderTest.SliceId] = counts }, cancelled);

        var evidence = await facade.Services.GetRequiredService<IParityEvidence>().ReadAsync(FacadeUnderTest.SliceId, 20, cancelled);

        evidence!.Groups.Should().HaveCount(20);
        evidence.Groups[0].Path.Should().Be("$.price");
        evidence.Groups.Skip(1).Should().OnlyContain(group => group.IsNoise);
    }
}
