using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Benchmarks.Shadow;

/// <summary>Answers every request with the same JSON after a while, as a store does that has to think. Runs as a process of its own.</summary>
internal static class StoreStandIn
{
    public static async Task RunAsync(string port, string milliseconds, string bytes)
    {
        var delay = TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture));
        var body = Body(int.Parse(bytes, CultureInfo.InvariantCulture));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.Run(async context =>
        {
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, TimeProvider.System, context.RequestAborted);
            }

            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        });
        await app.RunAsync();
    }

    // A product's attributes, until it is as large as wanted.
    private static byte[] Body(int bytes)
    {
        var text = new StringBuilder("""{"sku":"24-MB01","price":34.0,"custom_attributes":[""");
        for (var i = 0; text.Length < bytes; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""{{(i == 0 ? "" : ",")}}{"attribute_code":"attribute_{{i}}","value":"{{i * 7}}.50"}""");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }
}
