namespace Strangler.WebApi.Errors;

/// <summary>A value for a placeholder of an error message: named (<c>%fieldName</c>), or positional (<c>%1</c>) when <paramref name="Name"/> is null.</summary>
/// <param name="Name">The placeholder without its percent sign, or null.</param>
/// <param name="Value">A string, an integer or null; the JSON keeps the difference.</param>
public readonly record struct ErrorParameter(string? Name, object? Value);
