using System.Buffers;
using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Strangler.Proxy.EdgeCache;

/// <summary>Sends a kept answer: its fields as they were prepared, its bytes straight into the server's pipe.</summary>
internal sealed class AnswerWriter(TimeProvider time)
{
    // The server takes so much before the client has read any of it.
    private const int SmallBytes = 64 * 1024;

    // Most answers are younger than this.
    private static readonly string[] Ages = [.. Enumerable.Range(0, 1000).Select(age => age.ToString(CultureInfo.InvariantCulture))];

    public Task WriteAsync(HttpContext context, CachedAnswer answer)
    {
        var response = context.Response;
        var headers = response.Headers;
        foreach (var field in answer.Fields)
        {
            headers[field.Key] = field.Value;
        }

        var age = answer.InitialAge + (int)time.GetElapsedTime(answer.StoredAt).TotalSeconds;
        headers.Age = age < Ages.Length ? Ages[age] : age.ToString(CultureInfo.InvariantCulture);
        if (IsNotModified(context.Request.Headers, answer))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.StatusCode = answer.Status;
        response.ContentLength = answer.Body.Length;
        if (answer.Body.Length == 0 || HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        // Begun first, the fields lie before the body in the same buffer, and both go out at once at the end.
        var start = response.StartAsync();
        if (!start.IsCompletedSuccessfully || answer.Body.Length > SmallBytes)
        {
            return WriteAsync(start, context, answer.Body);
        }

        response.BodyWriter.Write(answer.Body.Span);
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(Task start, HttpContext context, ReadOnlyMemory<byte> body)
    {
        await start;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private static bool IsNotModified(IHeaderDictionary headers, CachedAnswer answer)
    {
        if (headers.IfNoneMatch.Count > 0)
        {
            return answer.ETag is { } known && headers.IfNoneMatch.ToString() is var wanted
                && (wanted.Trim() == "*" || Weak(wanted).Contains(known.StartsWith("W/", StringComparison.Ordinal) ? known[2..] : known));
        }

        return headers.IfModifiedSince.Count == 1 && answer.LastModified is { } modified
            && HeaderUtilities.TryParseDate(headers.IfModifiedSince.ToString(), out var since) && modified <= since;
    }

    private static IEnumerable<string> Weak(string list) =>
        EntityTagHeaderValue.TryParseList([list], out var tags) ? tags.Select(tag => tag.Tag.ToString()) : [];
}
