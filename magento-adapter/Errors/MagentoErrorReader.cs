using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Refit;

namespace Strangler.MagentoAdapter.Errors;

/// <summary>Reads what Magento answered instead of the thing asked for.</summary>
public static partial class MagentoErrorReader
{
    /// <summary>The content, or a <see cref="MagentoException"/> that says what came instead.</summary>
    public static T Require<T>(this ApiResponse<T> response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.IsSuccessful && response.Content is { } content ? content : throw new MagentoException(response.ReadError());
    }

    /// <summary>The error of an unsuccessful response; a body that is not what the model says is one too.</summary>
    public static MagentoError ReadError<T>(this ApiResponse<T> response)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (response.StatusCode is not { } status)
        {
            return new MagentoError(0, MagentoErrorKind.Unreachable, $"Magento does not answer: {response.Error?.Message}");
        }

        var body = (response.Error as ApiException)?.Content;
        var error = Read(status, response.ContentHeaders?.ContentType?.MediaType, body);
        return status == HttpStatusCode.OK
            ? error with { Kind = MagentoErrorKind.NotMagento, Template = $"The answer is not the JSON that was asked for: {response.Error?.InnerException?.Message ?? response.Error?.Message}" }
            : error;
    }

    /// <summary>Reads an error from its three parts.</summary>
    public static MagentoError Read(HttpStatusCode status, string? mediaType, string? body)
    {
        if ((int)status is >= 300 and < 400)
        {
            return new MagentoError(status, MagentoErrorKind.Redirect, "Magento redirects this address; call it by its configured base URL.");
        }

        if (TryReadJson(status, body) is { } error)
        {
            return error;
        }

        var text = body?.Trim() ?? "";
        var report = ReportId().Match(text) is { Success: true } match ? match.Groups[1].Value : null;
        if (status == HttpStatusCode.ServiceUnavailable)
        {
            return new MagentoError(status, MagentoErrorKind.Maintenance, "The store is in maintenance or overloaded (503, a page instead of JSON).");
        }

        if ((int)status >= 500)
        {
            var plain = mediaType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true || text.StartsWith('<') ? Title(text) : FirstLine(text);
            return new MagentoError(status, MagentoErrorKind.Failure, plain ?? "Magento failed without a message.") { ReportId = report };
        }

        return new MagentoError(status, MagentoErrorKind.NotMagento, Title(text) is { } title
            ? $"A page came instead of JSON: {title}"
            : $"The answer has no message (status {(int)status}).");
    }

    private static MagentoError? TryReadJson(HttpStatusCode status, string? body)
    {
        if (body is null || !body.AsSpan().TrimStart().StartsWith("{"))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
                ? ReadObject(status, document.RootElement, message.GetString()!)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static MagentoError ReadObject(HttpStatusCode status, JsonElement element, string template)
    {
        var report = ReportId().Match(template);
        var errors = element.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.Object && item.TryGetProperty("message", out _))
                .Select(item => ReadObject(status, item, item.GetProperty("message").ToString()))
                .ToList()
            : [];
        return new MagentoError(status, report.Success ? MagentoErrorKind.Failure : MagentoErrorKind.Api, template)
        {
            Parameters = element.TryGetProperty("parameters", out var parameters) ? ReadParameters(parameters) : new Dictionary<string, string>(),
            Code = element.TryGetProperty("code", out var code) ? code.ToString() : null,
            Errors = errors,
            ReportId = report.Success ? report.Groups[1].Value : null,
        };
    }

    // PHP writes a list where the parameters are numbered and an object where they have names.
    private static Dictionary<string, string> ReadParameters(JsonElement parameters) => parameters.ValueKind switch
    {
        JsonValueKind.Array => parameters.EnumerateArray().Select((value, index) => (Name: (index + 1).ToString(CultureInfo.InvariantCulture), value))
            .ToDictionary(item => item.Name, item => Text(item.value)),
        JsonValueKind.Object => parameters.EnumerateObject()
            .GroupBy(property => property.Name).ToDictionary(group => group.Key, group => Text(group.Last().Value)),
        _ => [],
    };

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "" : value.ToString();

    private static string? Title(string text) =>
        PageTitle().Match(text) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value).Trim() : null;

    private static string? FirstLine(string text) =>
        text.Length == 0 ? null : text.Split('\n', 2)[0].Trim() is { Length: > 300 } line ? line[..300] : text.Split('\n', 2)[0].Trim();

    [GeneratedRegex(@"report (?:id|record number)[:\s]+([\w-]+)", RegexOptions.IgnoreCase)]
    private static partial Regex ReportId();

    [GeneratedRegex("<title>\\s*([^<]{1,300})", RegexOptions.IgnoreCase)]
    private static partial Regex PageTitle();
}
