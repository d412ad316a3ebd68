using Strangler.Proxy.Slices;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>What a declaration of <c>writes</c> must hold beyond the schema.</summary>
internal static class WritesRule
{
    private static readonly string[] Safe = ["GET", "HEAD", "OPTIONS", "TRACE"];

    public static IEnumerable<string> Faults(SliceConfig config)
    {
        if (config.Writes is not { } writes)
        {
            yield break;
        }

        if (!config.Matches.Any(match => match.Methods.Any(method => !Safe.Contains(method))))
        {
            yield return "'writes' is declared, but no match takes a method that changes anything";
        }

        if (writes.CancelSeconds < writes.MaxHeldSeconds)
        {
            yield return $"writes.cancelSeconds ({writes.CancelSeconds}) must not be less than writes.maxHeldSeconds ({writes.MaxHeldSeconds})";
        }

        if (writes.Rehearsal is { } rehearsal)
        {
            if (Safe.Contains(rehearsal.Method))
            {
                yield return $"writes.rehearsal.method must be one that changes something, not {rehearsal.Method}";
            }

            if (new SliceMatcher([new Slice(config, 0)]).Match(rehearsal.Method, rehearsal.Path) is null)
            {
                yield return $"writes.rehearsal: the slice does not take {rehearsal.Method} {rehearsal.Path}";
            }
        }
    }
}
