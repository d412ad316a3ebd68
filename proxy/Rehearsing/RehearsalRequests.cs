using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Rehearsing;

/// <summary>
/// Sends a rehearsal's marked requests through this facade's own storefront, as a client would, and counts their answers by side. They are spread evenly
/// and never wait for each other.
/// </summary>
internal sealed class RehearsalRequests(IOptions<FacadeOptions> facade, RehearsalMark mark, TimeProvider time)
{
    private static readonly TimeSpan MarkLifetime = TimeSpan.FromHours(1);

    public async Task<RehearsalCounts> RunAsync(string slice, RehearsalRequestConfig request, CancellationToken until)
    {
        var counts = new RehearsalCounts();
        // The listener's certificate is for the store's name; this call goes to the listener itself.
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false };
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
        using var client = new HttpClient(handler) { BaseAddress = Own() };
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / request.PerSecond), time);
        var sent = new List<Task>();
        try
        {
            while (await timer.WaitForNextTickAsync(until))
            {
                sent.RemoveAll(task => task.IsCompleted);
                sent.Add(SendAsync(client, slice, request, counts));
            }
        }
        catch (OperationCanceledException)
        {
            // The rehearsal is over; what is under way is still counted.
        }

        await Task.WhenAll(sent);
        return counts;
    }

    private async Task SendAsync(HttpClient client, string slice, RehearsalRequestConfig request, RehearsalCounts counts)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Path);
        message.Content = request.Body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(request.Body));
        message.Headers.Add(RehearsalMark.HeaderName, mark.Make(slice, MarkLifetime));
        message.Headers.Add(DebugAnswer.DebugHeader, "1");
        foreach (var (name, value) in request.Headers ?? new Dictionary<string, string>())
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        try
        {
            using var response = await client.SendAsync(message);
            var side = response.Headers.TryGetValues(DebugAnswer.SideHeader, out var values) ? values.First().Split(';')[0] : "nobody";
            // Both sides were said to take it: one that refuses it did not.
            counts.Count(side, response.StatusCode >= HttpStatusCode.BadRequest);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or TaskCanceledException)
        {
            counts.Count("nobody", true);
        }
    }

    private Uri Own()
    {
        var url = ListenerAddress.Split(facade.Value.StorefrontUrls)[0];
        foreach (var any in new[] { "*", "+", "0.0.0.0", "[::]" })
        {
            url = url.Replace($"://{any}", "://127.0.0.1", StringComparison.Ordinal);
        }

        return new Uri(url);
    }
}

/// <summary>Answers of marked requests. Thread-safe.</summary>
internal sealed class RehearsalCounts
{
    private readonly ConcurrentDictionary<string, int> _bySide = new(StringComparer.Ordinal);
    private int _requests;
    private int _failed;

    public int Requests => _requests;

    public int Failed => _failed;

    public IReadOnlyDictionary<string, int> BySide => _bySide;

    public void Count(string side, bool failed)
    {
        Interlocked.Increment(ref _requests);
        _bySide.AddOrUpdate(side, 1, static (_, count) => count + 1);
        if (failed)
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
