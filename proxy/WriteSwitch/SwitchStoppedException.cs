using System.Text.Json;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>The switch cannot go on; the message says why, as the end of a sentence. It is undone.</summary>
internal class SwitchStoppedException(string message) : Exception(message);

/// <summary>A comparison has ended, and the two sides are not the same.</summary>
internal sealed class SidesDifferException(string message) : SwitchStoppedException(message);

/// <summary>What other processes say went wrong.</summary>
internal static class Problems
{
    private const int Longest = 300;

    /// <summary>The detail of a problem+json, or the beginning of whatever it is.</summary>
    public static string Detail(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            if (problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out var detail) && detail.GetString() is { } text)
            {
                return text;
            }
        }
        catch (JsonException)
        {
            // Not a problem document; its beginning says the most.
        }

        return body.Length > Longest ? body[..Longest] : body;
    }
}
