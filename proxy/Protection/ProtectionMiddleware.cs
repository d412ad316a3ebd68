using Strangler.Proxy.Decisions;

namespace Strangler.Proxy.Protection;

/// <summary>Refuses requests of the storefront that are beyond its limits.</summary>
internal sealed class ProtectionMiddleware(RequestDelegate next, Protector protector, ProtectionStats stats)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (protector.Take(context) is { } beyond)
        {
            return TooManyAsync(context, stats, beyond);
        }

        return protector.MaxRequestBytes is not { } bytes || LimitedBody.TryLimit(context, bytes) ? next(context) : TooLargeAsync(context, stats, bytes);
    }

    internal static Task TooManyAsync(HttpContext context, ProtectionStats stats, (ClientLimit Limit, TimeSpan After) beyond)
    {
        stats.Refuse(beyond.Limit.Name);
        return Refusal.WriteAsync(context, StatusCodes.Status429TooManyRequests, "Too many requests. Try again later.", beyond.After);
    }

    internal static Task TooLargeAsync(HttpContext context, ProtectionStats stats, long bytes)
    {
        stats.Refuse(ProtectionStats.TooLarge);
        return Refusal.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, $"The body is longer than {bytes} bytes.");
    }
}

/// <summary>Refuses requests that are beyond what their slice declares.</summary>
internal sealed class SliceProtectionMiddleware(RequestDelegate next, Protector protector, ProtectionStats stats)
{
    public Task InvokeAsync(HttpContext context)
    {
        var slice = SliceRequest.Of(context)!.Route.Slice;
        if (slice.Config.Protection is not { } config)
        {
            return next(context);
        }

        if (protector.Take(context, slice, config) is { } beyond)
        {
            return ProtectionMiddleware.TooManyAsync(context, stats, beyond);
        }

        return config.MaxRequestBytes is not { } bytes || LimitedBody.TryLimit(context, bytes) ? next(context) : ProtectionMiddleware.TooLargeAsync(context, stats, bytes);
    }
}
