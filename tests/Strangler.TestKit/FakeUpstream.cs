using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Strangler.TestKit;

/// <summary>A real HTTP server that answers as the test says, and remembers what it was asked.</summary>
public sealed class FakeUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeUpstream(string name, WebApplication app, int port)
    {
        Name = name;
        _app = app;
        Address = new Uri($"http://127.0.0.1:{port}");
        Answer = context => context.Response.WriteAsync($"{Name}:{context.Request.Method}:{context.Request.Path}");
    }

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>What every request gets; replaceable while running.</summary>
    public Func<HttpContext, Task> Answer { get; set; }

    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<FakeUpstream> StartAsync(string name)
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var upstream = new FakeUpstream(name, app, port);
        app.Run(context =>
        {
            upstream.Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            return upstream.Answer(context);
        });
        await app.StartAsync();
        return upstream;
    }

    /// <summary>Answers with a status and the upstream's name.</summary>
    public void AnswerWith(int status) => Answer = context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync($"{Name}:{status}");
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
