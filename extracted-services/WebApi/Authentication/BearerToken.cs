namespace Strangler.WebApi.Authentication;

/// <summary>The token in <c>Authorization: Bearer</c>: the scheme in any case, exactly two parts around one space.</summary>
public static class BearerToken
{
    /// <summary>The token, or null when the field holds none.</summary>
    public static string? Read(string? authorization)
    {
        if (authorization is null)
        {
            return null;
        }

        var parts = authorization.Split(' ');
        return parts.Length == 2 && parts[0].Equals("bearer", StringComparison.OrdinalIgnoreCase) && parts[1].Length > 0 ? parts[1] : null;
    }
}
