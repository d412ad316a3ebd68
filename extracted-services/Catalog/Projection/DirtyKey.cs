namespace Strangler.Catalog.Projection;

/// <summary>A key whose part of the read model must be rebuilt, as cdc-sync noted it.</summary>
internal readonly record struct DirtyKey(string Entity, string Value, long Sequence);
