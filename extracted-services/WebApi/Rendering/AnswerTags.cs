using Microsoft.AspNetCore.Http;

namespace Strangler.WebApi.Rendering;

/// <summary>
/// Tells a facade that keeps answers what one was made of, in the words of cdc-sync's <c>/invalidations</c>: a change of any of it makes the answer worth nothing. Told
/// only to who asks; the field ends at the facade.
/// </summary>
public static class AnswerTags
{
    public const string Field = "Strangler-Tags";
    private const string WantField = "Strangler-Want-Tags";

    public static bool AreWanted(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.Headers.ContainsKey(WantField);
    }

    /// <param name="context">The request.</param>
    /// <param name="entity">What they are, such as <c>product</c>.</param>
    /// <param name="keys">Which ones; all that the answer shows anything of.</param>
    public static void Tell(HttpContext context, string entity, IEnumerable<int> keys)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.Headers[Field] = string.Join(' ', keys.Select(key => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{entity}/{key}")));
    }
}
