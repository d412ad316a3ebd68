using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>
/// A cdc-sync as the facade sees it: a stream of numbered events that can be resumed, positions and awaits that name the event that covers them. The test says when
/// something is projected, told, and whether anybody hears it.
/// </summary>
internal sealed class FakeChanges
{
    private readonly Lock _lock = new();
    private readonly List<(long Number, string Data)> _events = [];
    private string _epoch = "e1";
    private long _last;
    private long _forgotten;
    private TaskCompletionSource _changed = New();
    private TaskCompletionSource _cut = New();
    private int _listeners;

    /// <summary>False: the stream takes no listeners, and those it has are cut off.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Listeners that are connected.</summary>
    public int Listeners => Volatile.Read(ref _listeners);

    /// <summary>What <c>Last-Event-ID</c> the last listener came with.</summary>
    public string? ResumedFrom { get; private set; }

    public double? LagMilliseconds { get; set; } = 1;

    /// <summary>How old the read model is, where a test has a model of it.</summary>
    public Func<double>? Age { get; set; }

    public Func<HttpContext, Task> Await { get; set; } = _ => Task.CompletedTask;

    public string LastId
    {
        get
        {
            lock (_lock)
            {
                return $"{_epoch}-{_last}";
            }
        }
    }

    public void AttachTo(FacadeUnderTest facade) => facade.CdcSync.Answer = AnswerAsync;

    /// <summary>Tells a change of the catalog's data.</summary>
    public void Tell(params string[] keys)
    {
        lock (_lock)
        {
            _last++;
            _events.Add((_last, Change(keys)));
            var changed = _changed;
            _changed = New();
            changed.SetResult();
        }
    }

    /// <summary>Cuts all listeners off, and lets none in until opened again.</summary>
    public void Close()
    {
        IsOpen = false;
        CutOff();
    }

    /// <summary>Cuts all listeners off; they may come back at once.</summary>
    public void CutOff()
    {
        lock (_lock)
        {
            var cut = _cut;
            _cut = New();
            cut.SetResult();
        }
    }

    public void Open() => IsOpen = true;

    /// <summary>Another process in its place, that remembers nothing.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            (_epoch, _last, _forgotten) = (_epoch + "x", 1, 1);
            _events.Clear();
        }

        CutOff();
    }

    /// <summary>The events so far cannot be told again.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _forgotten = _last;
            _events.Clear();
        }
    }

    private static string Change(IEnumerable<string> keys) => JsonSerializer.Serialize(new
    {
        sequence = 1,
        service = "catalog",
        stage = "projected",
        keys = keys.Select(key => new { entity = key.Split('/')[0], key = key.Split('/')[1] }),
    });

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/invalidations")
        {
            await StreamAsync(context);
        }
        else if (context.Request.Path == "/await")
        {
            await Await(context);
            if (context.Response.StatusCode == 200 && !context.Response.HasStarted)
            {
                await context.Response.WriteAsJsonAsync(new { service = "catalog", invalidation = LastId });
            }
        }
        else
        {
            // First the age, then the event: what it covers was told by then.
            var lag = Age?.Invoke() ?? LagMilliseconds;
            await context.Response.WriteAsJsonAsync(new
            {
                services = new[] { new { service = "catalog", state = "streaming", lag = new { milliseconds = lag } } },
                invalidation = LastId,
            });
        }
    }

    private async Task StreamAsync(HttpContext context)
    {
        if (!IsOpen)
        {
            context.Response.StatusCode = 503;
            return;
        }

        Task cut;
        long number;
        lock (_lock)
        {
            cut = _cut.Task;
            ResumedFrom = context.Request.Headers["Last-Event-ID"].FirstOrDefault();
            number = _last;
        }

        Interlocked.Increment(ref _listeners);
        try
        {
            context.Response.ContentType = "text/event-stream";
            if (ResumedFrom is null)
            {
                await SendAsync(context, "ready", "{}", $"{_epoch}-{number}", context.RequestAborted);
            }
            else if (ResumedFrom.Split('-') is [var epoch, var text] && epoch == _epoch && long.Parse(text) >= _forgotten)
            {
                number = long.Parse(text);
            }
            else
            {
                await SendAsync(context, "invalidation", Change(["all/*"]), $"{_epoch}-{number}", context.RequestAborted);
            }

            while (true)
            {
                List<(long Number, string Data)> news;
                Task changed;
                lock (_lock)
                {
                    news = [.. _events.Where(told => told.Number > number)];
                    changed = _changed.Task;
                }

                foreach (var (at, data) in news)
                {
                    await SendAsync(context, "invalidation", data, $"{_epoch}-{at}", context.RequestAborted);
                    number = at;
                }

                if (await Task.WhenAny(changed, cut).WaitAsync(context.RequestAborted) == cut)
                {
                    context.Abort();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The listener has left.
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private static async Task SendAsync(HttpContext context, string kind, string data, string id, CancellationToken cancellationToken)
    {
        await context.Response.WriteAsync($"event: {kind}\nid: {id}\ndata: {data}\n\n", cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
