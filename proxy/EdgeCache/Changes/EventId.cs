using System.Globalization;

namespace Strangler.Proxy.EdgeCache.Changes;

/// <summary>Place in the stream of changes: <c>epoch-number</c>. Numbers of one epoch are in order; a new epoch says nothing about an old one.</summary>
internal readonly record struct EventId(string Epoch, long Number)
{
    public static EventId? Parse(string? text)
    {
        var dash = text?.LastIndexOf('-') ?? -1;
        return dash > 0 && long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new EventId(text![..dash], number)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Number}");
}
