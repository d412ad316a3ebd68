namespace Strangler.WebApi.Authentication;

/// <summary>
/// Who calls and what he may: the rules of his role and of its parent roles, the own role first. Immutable; valid for the state of
/// the mirror it was read from, and until <see cref="ExpiresAt"/>.
/// </summary>
public sealed class Caller(
    UserType userType, int userId, IReadOnlyList<IReadOnlyDictionary<string, bool>> roleRules, long expiresAt = long.MaxValue)
{
    /// <summary>The rule that allows everything there is no other rule for.</summary>
    private const string Everything = "Magento_Backend::all";

    /// <summary>Nobody: no token, or one that is not valid.</summary>
    public static Caller Guest { get; } = new(UserType.Guest, 0, []);

    public UserType UserType { get; } = userType;

    public int UserId { get; } = userId;

    /// <summary>Unix second at which the token is no longer good.</summary>
    public long ExpiresAt { get; } = expiresAt;

    /// <summary>Whether the role may use the resource: the rule nearest in the resource tree decides, the own role before its parents.</summary>
    public bool Allows(AclResource resource)
    {
        foreach (var id in resource.Ancestors.Prepend(resource.Id).Append(Everything))
        {
            foreach (var rules in roleRules)
            {
                if (rules.TryGetValue(id, out var allowed))
                {
                    return allowed;
                }
            }
        }

        return false;
    }
}
