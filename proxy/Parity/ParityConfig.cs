namespace Strangler.Proxy.Parity;

/// <summary>What counts as the same answer.</summary>
/// <param name="Headers">Fields that are compared beside status and body. Null: <c>Content-Type</c>, <c>Location</c> and <c>Cache-Control</c>.</param>
/// <param name="Ignore">What may differ, with the reason.</param>
/// <param name="Unordered">JSON paths of arrays whose order means nothing, such as <c>$.items[*].tags</c>.</param>
public sealed record ParityConfig(IReadOnlyList<string>? Headers, IReadOnlyList<ParityIgnore>? Ignore, IReadOnlyList<string>? Unordered);

/// <summary>A difference that is known and meant.</summary>
/// <param name="Path"><c>$.a.b[*].c</c> in JSON, <c>/html/body/…</c> in HTML, <c>header:Name</c>, or <c>status</c>; <c>*</c> stands for any one step.</param>
/// <param name="Reason">For people.</param>
public sealed record ParityIgnore(string Path, string Reason);
