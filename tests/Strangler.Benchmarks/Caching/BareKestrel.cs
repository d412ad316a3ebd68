using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Strangler.Benchmarks.Caching;

/// <summary>
/// The server under the facade with nothing on it: for every request as many bytes as its path names, out of memory. What a store of answers on this server
/// could reach at best. Runs as a process of its own.
/// </summary>
internal static class BareKestrel
{
    public const string Name = "bare Kestrel";

    public static async Task RunAsync(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.Configure<SocketTransportOptions>(sockets => (sockets.UnsafePreferInlineScheduling, sockets.WaitForDataBeforeAllocatingBuffer) = (true, false));
        var app = builder.Build();
        var bodies = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var bytes in (int[])[1024, 40 * 1024])
        {
            bodies[string.Create(CultureInfo.InvariantCulture, $"/{bytes}.html")] = [.. Enumerable.Repeat((byte)'x', bytes)];
        }

        app.Run(context =>
        {
            if (!bodies.TryGetValue(context.Request.Path.Value!, out var body))
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            }

            context.Response.ContentType = "text/html";
            context.Response.ContentLength = body.Length;
            return context.Response.Body.WriteAsync(body).AsTask();
        });
        await app.RunAsync();
    }
}
