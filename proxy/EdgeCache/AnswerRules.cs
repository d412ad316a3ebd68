using System.Globalization;
using Microsoft.Extensions.Primitives;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.EdgeCache;

/// <summary>Which answers of services may be kept, and what is kept of them.</summary>
internal static class AnswerRules
{
    private static readonly string[] KeyedFields = ["Accept", "Accept-Encoding", "Host", "Store", "Content-Currency"];

    // Of one visitor, or of one connection: an answer with any of these is nobody else's.
    private static readonly string[] Personal = ["Set-Cookie", "Content-Range", "WWW-Authenticate", "Authentication-Info", "Trailer"];

    public static bool MayKeep(Answer answer, CacheConfig config)
    {
        if (answer.Status != StatusCodes.Status200OK)
        {
            return false;
        }

        foreach (var (name, value) in answer.Fields)
        {
            if (Personal.Contains(name, StringComparer.OrdinalIgnoreCase)
                || (Is(name, "Cache-Control") && HasToken(value, "private"))
                || (Is(name, "Vary") && !VariesAsKept(value, config)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The fields as they go out again, without those of one connection and the facade's own.</summary>
    public static KeyValuePair<string, StringValues>[] FieldsOf(Answer answer)
    {
        var fields = new List<KeyValuePair<string, StringValues>>(answer.Fields.Count);
        foreach (var (name, value) in answer.Fields)
        {
            if (!FieldRules.PassesInResponse(name) || Is(name, "Age"))
            {
                continue;
            }

            var earlier = fields.FindIndex(field => Is(field.Key, name));
            if (earlier < 0)
            {
                fields.Add(KeyValuePair.Create(name, new StringValues(value)));
            }
            else
            {
                fields[earlier] = KeyValuePair.Create(fields[earlier].Key, StringValues.Concat(fields[earlier].Value, value));
            }
        }

        return [.. fields];
    }

    /// <summary>What the service says the answer was made of; empty when it says nothing.</summary>
    public static IReadOnlyList<ChangedKey> TagsOf(Answer answer)
    {
        var text = string.Join(' ', answer.Fields.Where(field => Is(field.Name, ChangedKey.TagsField)).Select(field => field.Value));
        return text.Length == 0 ? [] : ChangedKey.Parse(text) ?? [];
    }

    public static int AgeOf(Answer answer) =>
        int.TryParse(ValueOf(answer, "Age"), NumberStyles.None, CultureInfo.InvariantCulture, out var age) ? age : 0;

    public static string? ValueOf(Answer answer, string name) => answer.Fields.FirstOrDefault(field => Is(field.Name, name)).Value;

    public static bool HasToken(string list, string token)
    {
        foreach (var part in list.AsSpan().Split(','))
        {
            var item = list.AsSpan(part).Trim();
            var equals = item.IndexOf('=');
            if ((equals < 0 ? item : item[..equals].Trim()).Equals(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool VariesAsKept(string vary, CacheConfig config) => vary.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).All(name =>
        KeyedFields.Contains(name, StringComparer.OrdinalIgnoreCase)
        || config.VaryHeaders?.Contains(name, StringComparer.OrdinalIgnoreCase) == true
        || (Is(name, "Authorization") && config.PerToken));

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
