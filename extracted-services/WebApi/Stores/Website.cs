namespace Strangler.WebApi.Stores;

/// <summary>A website with the store view its default group names as default.</summary>
public sealed record Website(int Id, string Code, bool IsDefault, int DefaultStoreId);
