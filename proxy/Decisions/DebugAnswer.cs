using Strangler.Proxy.EdgeCache.Pages;

namespace Strangler.Proxy.Decisions;

/// <summary>Tells whoever asks which side answered a request, and why.</summary>
internal static class DebugAnswer
{
    /// <summary>Asked for with any value, <see cref="SideHeader"/> says who answered.</summary>
    public const string DebugHeader = "X-Strangler-Debug";
    public const string SideHeader = "X-Strangler-Side";
    private const string NoSlice = "magento; reason=noSlice";

    public static bool IsWanted(HttpContext context) => context.Request.Headers.ContainsKey(DebugHeader);

    /// <param name="context">The request.</param>
    /// <param name="slice">What became of it, read when the answer begins; null where no slice takes it.</param>
    public static void Show(HttpContext context, SliceRequest? slice) => context.Response.OnStarting(
        static state =>
        {
            var (context, slice) = ((HttpContext, SliceRequest?))state;
            context.Response.Headers[SideHeader] = slice?.ToString() ?? (context.Features.Get<PageOutcome>() is { } page ? $"{NoSlice}; cache={page.Word}" : NoSlice);
            return Task.CompletedTask;
        },
        (context, slice));
}
