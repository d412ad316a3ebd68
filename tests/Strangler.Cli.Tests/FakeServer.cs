using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Strangler.Cli.Tests;

/// <summary>An HTTP server that answers as it is told, and keeps what it was asked.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeServer(Func<HttpRequest, (int Status, string Type, string Body)> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            Requests.Enqueue(new Asked(context.Request.Method, $"{context.Request.Path}{context.Request.QueryString}", context.Request.Headers.Authorization.ToString(), await reader.ReadToEndAsync()));
            var (status, type, body) = answer(context.Request);
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body);
        });
    }

    public sealed record Asked(string Method, string Target, string Authorization, string Body);

    public ConcurrentQueue<Asked> Requests { get; } = [];

    public string Url => $"{_app.Urls.First()}/";

    public static async Task<FakeServer> StartAsync(Func<HttpRequest, (int Status, string Type, string Body)> answer)
    {
        var server = new FakeServer(answer);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public static Task<FakeServer> StartAsync(int status, string body, string type = "application/json") => StartAsync(_ => (status, type, body));

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
