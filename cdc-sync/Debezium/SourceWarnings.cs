using System.Collections.Concurrent;

namespace Strangler.CdcSync.Debezium;

/// <summary>
/// What a source cannot tell, or tells less exactly than the server knows it: of everything, and of single tables. Shown in
/// <c>/positions</c>. Safe for several threads.
/// </summary>
internal sealed class SourceWarnings
{
    private readonly ConcurrentDictionary<(string? Table, string Text), byte> _warnings = new();

    /// <summary>Those that concern everything.</summary>
    public IReadOnlyList<string> OfSource => Of(null);

    public IReadOnlyList<string> Of(string? table) => [.. _warnings.Keys.Where(warning => warning.Table == table).Select(warning => warning.Text).Order(StringComparer.Ordinal)];

    /// <summary>Notes a warning; false when it was known.</summary>
    public bool Add(string? table, string text) => _warnings.TryAdd((table, text), 0);

    public void Clear(string? table)
    {
        foreach (var known in _warnings.Keys.Where(warning => warning.Table == table).ToList())
        {
            _warnings.TryRemove(known, out _);
        }
    }
}
