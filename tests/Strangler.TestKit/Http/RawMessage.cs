namespace Strangler.TestKit.Http;

/// <summary>One field line as it was on the wire; the value is one character per byte.</summary>
public sealed record RawField(string Name, string Value);

/// <summary>An HTTP/1.1 message as it was on the wire: start line, field lines in order, body without framing, trailers.</summary>
public sealed record RawMessage(string StartLine, IReadOnlyList<RawField> Fields, byte[] Body, IReadOnlyList<RawField> Trailers)
{
    public string Method => StartLine[..StartLine.IndexOf(' ')];

    /// <summary>The request target, byte for byte.</summary>
    public string Target => StartLine[(StartLine.IndexOf(' ') + 1)..StartLine.LastIndexOf(' ')];

    public int Status => int.Parse(StartLine.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    public string Reason => StartLine.Length > 13 ? StartLine[13..] : "";

    public string BodyText => System.Text.Encoding.Latin1.GetString(Body);

    /// <summary>All lines of one field, in order.</summary>
    public string[] Values(string name) =>
        [.. Fields.Where(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];

    public string? Value(string name) => Values(name).FirstOrDefault();
}
