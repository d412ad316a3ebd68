using System.Globalization;

namespace Strangler.Proxy.Evaluation;

/// <summary>
/// A time in which no ramp goes forward. All that is given must hold: <c>{ "Days": ["Friday","Saturday"] }</c>,
/// <c>{ "From": "18:00", "To": "08:00" }</c>, <c>{ "Start": "2026-11-20", "End": "2026-12-27" }</c>.
/// </summary>
public sealed class FreezeWindow
{
    /// <summary>Week days, in English. Empty: every day.</summary>
    public IList<DayOfWeek> Days { get; init; } = [];

    /// <summary>First day, such as <c>2026-11-20</c>.</summary>
    public string? Start { get; set; }

    /// <summary>Last day, itself included.</summary>
    public string? End { get; set; }

    /// <summary>Time of day it begins, such as <c>18:00</c>. Later than <see cref="To"/>: it goes over midnight, and belongs to the day on which it begins.</summary>
    public string? From { get; set; }

    /// <summary>Time of day it ends.</summary>
    public string? To { get; set; }

    /// <summary>The zone of days and times, such as <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>For people.</summary>
    public string? Reason { get; set; }

    internal bool Contains(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));
        var (date, time) = (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
        var (from, to) = (Time(From) ?? TimeOnly.MinValue, Time(To));
        if (to is { } end && from > end)
        {
            if (time < end)
            {
                date = date.AddDays(-1);
            }
            else if (time < from)
            {
                return false;
            }
        }
        else if (time < from || time >= to)
        {
            return false;
        }

        return (Days.Count == 0 || Days.Contains(date.DayOfWeek)) && !(date < Date(Start)) && !(date > Date(End));
    }

    internal IEnumerable<string> Faults()
    {
        if (Days.Count == 0 && Start is null && End is null && From is null && To is null)
        {
            yield return "needs Days, Start, End, From or To";
        }

        foreach (var day in new[] { Start, End }.Where(text => text is not null && Date(text) is null))
        {
            yield return $"'{day}' is not a day such as 2026-11-20";
        }

        foreach (var text in new[] { From, To }.Where(text => text is not null && Time(text) is null))
        {
            yield return $"'{text}' is not a time such as 18:00";
        }

        if (Time(From) is { } from && from == Time(To))
        {
            yield return "From and To are the same: leave both out for a whole day";
        }

        if (Date(End) < Date(Start))
        {
            yield return "End is before Start";
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            yield return $"'{TimeZone}' is not a time zone this machine knows";
        }
    }

    /// <summary>As people read it.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Days.Count > 0)
        {
            parts.Add(string.Join(", ", Days));
        }

        if (Start is not null || End is not null)
        {
            parts.Add($"{Start ?? "…"} to {End ?? "…"}");
        }

        if (From is not null || To is not null)
        {
            parts.Add($"{From ?? "00:00"}–{To ?? "24:00"} {TimeZone}");
        }

        return string.Join(' ', parts) + (Reason is null ? "" : $" ({Reason})");
    }

    private static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static TimeOnly? Time(string? text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
