namespace Strangler.Catalog.Projection;

/// <summary>What dirty keys come to: which products must be rebuilt, or all, and whether callers and store views must be read anew.</summary>
internal sealed record DirtyProducts(bool All, bool Access, IReadOnlyCollection<int> Ids);
