using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Strangler.ServiceDefaults;

namespace Strangler.Proxy.Tests.Hosts;

public sealed class SupervisedServiceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_that_falls_begins_again_and_the_host_stays()
    {
        var time = new FakeTimeProvider();
        using var falling = new Falling(times: 2);
        using var supervised = new SupervisedService<Falling>(falling, time, NullLogger<Falling>.Instance);
        await supervised.StartAsync(Cancelled);

        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(falling.IsRunning);
            },
            "it runs the third time", Cancelled);

        falling.Begun.Should().Be(3);
        await supervised.StopAsync(Cancelled);
        falling.IsRunning.Should().BeFalse();
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_the_next_attempt()
    {
        using var falling = new Falling(times: int.MaxValue);
        using var supervised = new SupervisedService<Falling>(falling, new FakeTimeProvider(), NullLogger<Falling>.Instance);
        await supervised.StartAsync(Cancelled);
        await Eventually.TrueAsync(() => Task.FromResult(falling.ExecuteTask is { IsFaulted: true }), "it fell", Cancelled);

        await supervised.StopAsync(Cancelled);

        falling.Begun.Should().Be(1);
    }

    [Fact]
    public async Task The_facade_runs_all_its_background_services_supervised()
    {
        await using var facade = ProxyHost.Build(["--Facade:Magento=http://127.0.0.1:9", "--Facade:StorefrontUrls=http://127.0.0.1:0", "--Facade:ControlUrls=http://127.0.0.1:0", "--Control:Open=true", "--ConnectionStrings:Control=Server=127.0.0.1;Port=9"]);
        facade.Services.GetServices<IHostedService>().OfType<BackgroundService>().Should().BeEmpty();
    }

    private sealed class Falling(int times) : BackgroundService
    {
        public int Begun { get; private set; }

        public bool IsRunning { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            if (++Begun <= times)
            {
                throw new InvalidOperationException("It fell.");
            }

            IsRunning = true;
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
            }
            finally
            {
                IsRunning = false;
            }
        }
    }
}
