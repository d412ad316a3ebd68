using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.WriteSwitch;

/// <summary>
/// Two facades before a Magento and a service that keep every order they take, and a cdc-sync that lets a test stop it in any step. All real sockets.
/// </summary>
internal sealed class SwitchStack : IAsyncDisposable
{
    public const string SliceId = "cart.items";
    public const string Path = "/rest/V1/carts/mine/items";

    private static readonly string[] Quick = ["--Replicas:BeatMilliseconds=200", "--Replicas:LeaseMilliseconds=1500", "--WriteSwitch:RehearsalRestMilliseconds=200"];

    public required FacadeUnderTest First { get; init; }

    public required FacadeUnderTest Second { get; init; }

    /// <summary>What each side has taken, in the order of its coming.</summary>
    public ConcurrentQueue<string> TakenByMagento { get; } = new();

    public ConcurrentQueue<string> TakenByService { get; } = new();

    /// <summary>What <c>/verify</c> ends in.</summary>
    public string VerifyResult { get; set; } = "equal";

    /// <summary>What <c>/internal/way-back</c> says.</summary>
    public string WayBack { get; set; } = "ready";

    /// <summary>Milliseconds that Magento takes for a request.</summary>
    public int MagentoDelay { get; set; } = 2;

    /// <summary>Awaited by every <c>/await</c>, with the number of its call and the caller's leaving.</summary>
    public Func<int, CancellationToken, Task> OnAwait { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Awaited by every <c>/verify</c>, with the number of its call.</summary>
    public Func<int, Task> OnVerify { get; set; } = _ => Task.CompletedTask;

    public int Awaits { get; private set; }

    public int Verifies { get; private set; }

    public int WayBackDrains { get; private set; }

    public static async Task<SwitchStack> StartAsync(string connection, CancellationToken cancellationToken, object? writes = null, string? secondConnection = null, params string[] settings)
    {
        void Declare(JsonSlice slice)
        {
            slice.Id = SliceId;
            slice.Methods = ["GET", "POST"];
            slice.Path = Path;
            slice.More["writes"] = writes ?? new { tables = new[] { "quote_item" } };
        }

        var first = await FacadeUnderTest.StartAsync(connection, cancellationToken, Declare, [.. Quick, .. settings]);
        var second = await FacadeUnderTest.StartReplicaAsync(first, secondConnection ?? connection, cancellationToken, Declare, [.. Quick, .. settings]);
        var stack = new SwitchStack { First = first, Second = second };
        first.Magento.Answer = context => TakeAsync(context, stack.TakenByMagento, stack.MagentoDelay);
        first.Service.Answer = stack.ServiceAsync;
        first.CdcSync.Answer = stack.CdcSyncAsync;
        await first.ReadyAsync(cancellationToken);
        await second.ReadyAsync(cancellationToken);
        await Eventually.TrueAsync(
            async () => (await first.Control.GetFromJsonAsync<JsonElement>("/api/replicas", cancellationToken)).GetProperty("replicas").GetArrayLength() == 2,
            "both replicas are known", cancellationToken);
        return stack;
    }

    public static async Task<HttpStatusCode> PostAsync(FacadeUnderTest facade, string order, CancellationToken cancellationToken)
    {
        using var response = await facade.Storefront.PostAsync(Path, new StringContent(order), cancellationToken);
        return response.StatusCode;
    }

    public async Task<JsonElement> BeginAsync(string to, CancellationToken cancellationToken, bool dryRun = false)
    {
        using var response = await First.Control.PostAsJsonAsync($"/api/slices/{SliceId}/switch", new { to, dryRun, @override = true, reason = "test" }, cancellationToken);
        response.StatusCode.Should().Be(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync(cancellationToken));
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>Begins a switch and waits for its end.</summary>
    public async Task<JsonElement> SwitchAsync(string to, CancellationToken cancellationToken, bool dryRun = false, FacadeUnderTest? watch = null)
    {
        var id = (await BeginAsync(to, cancellationToken, dryRun)).GetProperty("id").GetInt64();
        return await EndOfAsync(id, cancellationToken, watch);
    }

    /// <summary>Waits for a switch's end; asks the replica that does not run it, unless another is named.</summary>
    public async Task<JsonElement> EndOfAsync(long id, CancellationToken cancellationToken, FacadeUnderTest? watch = null)
    {
        JsonElement view = default;
        await Eventually.TrueAsync(
            async () =>
            {
                view = await (watch ?? Second).Control.GetFromJsonAsync<JsonElement>($"/api/slices/{SliceId}/switch/{id}", cancellationToken);
                return view.GetProperty("outcome").ValueKind == JsonValueKind.String;
            },
            $"switch {id} has ended", cancellationToken);
        return view;
    }

    public Task<JsonElement> WritesAsync(CancellationToken cancellationToken) =>
        First.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{SliceId}/switch", cancellationToken);

    public async Task<string> StageAsync(CancellationToken cancellationToken) =>
        (await First.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{SliceId}", cancellationToken)).GetProperty("stage").GetString()!;

    public async ValueTask DisposeAsync()
    {
        await Second.DisposeAsync();
        await First.DisposeAsync();
    }

    private static async Task TakeAsync(HttpContext context, ConcurrentQueue<string> taken, int delay)
    {
        using var reader = new StreamReader(context.Request.Body);
        var order = await reader.ReadToEndAsync();
        if (HttpMethods.IsPost(context.Request.Method))
        {
            if (delay > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(delay), TimeProvider.System);
            }

            taken.Enqueue(order);
        }

        await context.Response.WriteAsync(order);
    }

    private async Task ServiceAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/internal/way-back":
                await context.Response.WriteAsJsonAsync(new { state = WayBack, waiting = 0 });
                break;
            case "/internal/way-back/drain":
                WayBackDrains++;
                await context.Response.WriteAsJsonAsync(new { carried = TakenByService.Count });
                break;
            default:
                await TakeAsync(context, TakenByService, 0);
                break;
        }
    }

    private async Task CdcSyncAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/positions":
                await context.Response.WriteAsJsonAsync(new
                {
                    services = new[]
                    {
                        new { service = "catalog", state = "streaming", lag = new { milliseconds = 1.0 }, tables = new[] { new { name = "quote_item", state = "streaming" } } },
                    },
                });
                break;
            case "/await":
                await OnAwait(++Awaits, context.RequestAborted);
                await context.Response.WriteAsJsonAsync(new { service = "catalog", position = new { file = "mysql-bin.000001", offset = TakenByMagento.Count } });
                break;
            case "/verify":
                await OnVerify(++Verifies);
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                await context.Response.WriteAsJsonAsync(new { id = "catalog-1", state = "running" });
                break;
            default:
                await context.Response.WriteAsJsonAsync(new { id = "catalog-1", state = "done", result = VerifyResult, tables = new[] { new { name = "quote_item", state = VerifyResult } } });
                break;
        }
    }
}
