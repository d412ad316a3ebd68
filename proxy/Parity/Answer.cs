namespace Strangler.Proxy.Parity;

/// <summary>One side's answer, whole.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Fields">The response fields in their order, one line each.</param>
/// <param name="Body">The body as it was sent, perhaps compressed.</param>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Fields, ReadOnlyMemory<byte> Body)
{
    public static Answer None { get; } = new(0, [], default);

    /// <summary>The values of a field, joined as RFC 9110 (5.3) allows; null without it.</summary>
    public string? Field(string name)
    {
        var values = Fields.Where(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }
}
