using Microsoft.AspNetCore.Http;
using Strangler.WebApi.Errors;
using Strangler.WebApi.Json;

namespace Strangler.WebApi.Rendering;

/// <summary>Sends answers with the header fields Magento's REST has: never cached, framed only on success.</summary>
public static class RestResponse
{
    /// <summary>The header field that tells the facade why the service leaves a request to Magento.</summary>
    public const string DeclineHeader = "Strangler-Decline";

    private const string FrameOptions = "SAMEORIGIN";

    /// <summary>Sends a finished JSON answer, as XML when that was asked for.</summary>
    public static Task WriteSuccessAsync(HttpContext context, ReadOnlyMemory<byte> json, RestFormat format)
    {
        context.Response.Headers.XFrameOptions = FrameOptions;
        return WriteAsync(context, StatusCodes.Status200OK, json, format);
    }

    /// <summary>Sends an error. HEAD gets its header fields only.</summary>
    public static async Task WriteErrorAsync(HttpContext context, WebApiError error, RestFormat format)
    {
        using var buffer = new PooledBuffer(512);
        error.Write(new PhpJsonWriter(buffer));
        await WriteAsync(context, error.Status, buffer.WrittenMemory, format);
    }

    /// <summary>421: this service does not answer the request, Magento must.</summary>
    public static void Decline(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        context.Response.Headers[DeclineHeader] = reason;
    }

    private static async Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> json, RestFormat format)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.ContentType = format == RestFormat.Xml ? "application/xml; charset=utf-8" : "application/json; charset=utf-8";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.ContentLength = 0;
            return;
        }

        if (format == RestFormat.Xml)
        {
            using var xml = new PooledBuffer(json.Length * 2);
            XmlRenderer.Write(json, xml);
            await SendAsync(context, xml.WrittenMemory);
            return;
        }

        await SendAsync(context, json);
    }

    private static Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
