using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Strangler.MagentoAdapter.Tests;

/// <summary>An HTTP server that answers what it is told to, and keeps what it was asked.</summary>
internal sealed class FakeMagento : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<int, (int Status, string Type, string Body)> _answer;
    private int _calls;

    private FakeMagento(Func<int, (int, string, string)> answer)
    {
        _answer = answer;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public ConcurrentQueue<(string Method, string Target, IHeaderDictionary Headers, string Body)> Requests { get; } = [];

    public Uri Address => new(_app.Urls.First());

    /// <summary>Starts a server; the answer to the n-th call, counted from 0, is what the function says.</summary>
    public static async Task<FakeMagento> StartAsync(Func<int, (int Status, string Type, string Body)> answer)
    {
        var server = new FakeMagento(answer);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public static Task<FakeMagento> StartAsync(int status, string body, string type = "application/json; charset=utf-8") => StartAsync(_ => (status, type, body));

    public T Client<T>(Action<MagentoAdapterOptions>? configure = null)
        where T : notnull
    {
        var services = new ServiceCollection().AddMagentoAdapter(options =>
        {
            options.BaseAddress = Address;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
            configure?.Invoke(options);
        });
        return services.BuildServiceProvider().GetRequiredService<T>();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Requests.Enqueue((context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget, new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), body));
        var (status, type, answer) = _answer(Interlocked.Increment(ref _calls) - 1);
        if (status == 0)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(answer, Encoding.UTF8);
    }
}
