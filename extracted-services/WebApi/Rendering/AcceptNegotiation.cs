using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Strangler.WebApi.Rendering;

/// <summary>
/// Chooses the renderer from <c>Accept</c> as Magento does: by quality, then by order; the first parameter of a type is taken for
/// its quality, whatever its name; no usable header means JSON.
/// </summary>
public static class AcceptNegotiation
{
    /// <summary>The format for a request's <c>Accept</c> lines.</summary>
    public static RestFormat Choose(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept))
        {
            return RestFormat.Json;
        }

        if (accept.Count > 1)
        {
            // Which of several lines reaches PHP is up to the web server.
            return RestFormat.Unknown;
        }

        var header = accept[0] ?? "";
        return header.Contains(',') || header.Contains(';') ? ChooseByQuality(header) : Format(header.Trim()) ?? RestFormat.Json;
    }

    private static RestFormat ChooseByQuality(string header)
    {
        var types = new List<(string Type, double Quality)>();
        foreach (var definition in header.Split(','))
        {
            var parts = definition.Split(';');
            var type = parts[0].Trim();
            if (!IsMediaType(type))
            {
                continue;
            }

            if (!TryQuality(parts, out var quality))
            {
                return RestFormat.Unknown;
            }

            types.Add((type, quality));
        }

        if (types.Count == 0)
        {
            return RestFormat.Json;
        }

        // OrderBy is stable: among equals the header's order stands.
        foreach (var (type, _) in types.OrderByDescending(type => type.Quality))
        {
            if (IsWildcard(type))
            {
                return RestFormat.Unknown;
            }

            if (Format(type) is { } format and not RestFormat.Unknown)
            {
                return format;
            }
        }

        return RestFormat.Unknown;
    }

    private static bool TryQuality(string[] parts, out double quality)
    {
        quality = 1;
        if (parts.Length < 2)
        {
            return true;
        }

        var pair = parts[1].Split('=');
        return pair.Length != 2 || double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out quality);
    }

    private static RestFormat? Format(string type) => type switch
    {
        "" => null,
        "*/*" or "application/json" => RestFormat.Json,
        "text/xml" or "application/xml" or "application/xhtml+xml" => RestFormat.Xml,
        _ => IsMediaType(type) ? RestFormat.Unknown : null,
    };

    private static bool IsWildcard(string type) => type is "application/*" or "text/*";

    private static bool IsMediaType(string type)
    {
        var slash = type.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? type.Length > 0 && type.All(IsTypeCharacter)
            : slash > 0 && slash < type.Length - 1
              && type[..slash].All(IsTypeCharacter) && type[(slash + 1)..].All(character => character == '.' || IsTypeCharacter(character));
    }

    private static bool IsTypeCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '*' or '+' or '-';
}
