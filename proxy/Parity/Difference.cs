namespace Strangler.Proxy.Parity;

/// <summary>Kinds of differences, as they are told.</summary>
internal static class DifferenceKind
{
    public const string Value = "value";
    public const string Type = "type";

    /// <summary>Magento has it, the service does not.</summary>
    public const string Missing = "missing";

    /// <summary>The service has it, Magento does not.</summary>
    public const string Extra = "extra";

    public const string Order = "order";
    public const string Length = "length";

    /// <summary>The body cannot be read as what it says it is.</summary>
    public const string Unreadable = "unreadable";
}

/// <summary>Something in which two answers differ.</summary>
/// <param name="Path"><c>status</c>, <c>header:Name</c>, <c>$.items[3].price</c>, <c>/html/body/div[2]</c>, or <c>body</c>.</param>
/// <param name="Kind">One of <see cref="DifferenceKind"/>.</param>
/// <param name="Magento">Magento's value; null where it has none.</param>
/// <param name="Service">The service's.</param>
internal sealed record Difference(string Path, string Kind, string? Magento, string? Service)
{
    /// <summary>The path with every place in a list taken for the same: what differences are grouped by.</summary>
    public string GroupPath => ParityPath.Generalise(Path);
}
