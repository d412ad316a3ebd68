using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>Which requests change data, and whose data they change.</summary>
internal static class WriteRequests
{
    public static bool Changes(SliceRoute route, string method) =>
        route.Slice.Config.Writes is not null
        && !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));

    /// <summary>The side that must answer, whatever stage, share or override say; null where the request changes nothing of a slice that writes.</summary>
    public static Side? RecordOf(HttpContext context, SliceRoute route) =>
        !Changes(route, context.Request.Method) ? null
        : SliceRequest.Of(context) is { IsRehearsal: true } ? route.Entry.Rehearsal.Record
        : route.Entry.Writes.Record;
}
