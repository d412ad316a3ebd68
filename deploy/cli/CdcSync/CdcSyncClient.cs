using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Running;

namespace Strangler.Cli.CdcSync;

/// <summary>Calls cdc-sync's API. What it refuses becomes a fault in its own words.</summary>
internal sealed class CdcSyncClient(HttpClient http, Uri address)
{
    /// <summary>Where cdc-sync is, as an option of a verb.</summary>
    public static Option<Uri?> AddressOption() => new("--cdc-sync")
    {
        Description = "cdc-sync's address (STRANGLER_CDC_SYNC); else the one that up has started.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            {
                return uri;
            }

            result.AddError($"--cdc-sync takes an http or https address, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    /// <summary>The client of the address that was named, or is set, or that up has started.</summary>
    public static CdcSyncClient Of(CliContext context, Uri? given) => new(context.Http, Address(context, given));

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return JsonNode.Parse(text) ?? throw new JsonException("null");
            }

            throw new CliFault(Detail(text) ?? $"cdc-sync at {address} answered {(int)response.StatusCode} {response.StatusCode}.");
        }
        catch (HttpRequestException fault)
        {
            throw new CliFault($"cdc-sync at {address} does not answer ({fault.Message}). Is it up (./strangler status)? Another address: --cdc-sync URL or STRANGLER_CDC_SYNC.", fault);
        }
        catch (JsonException fault)
        {
            throw new CliFault($"What answers at {address} is not cdc-sync: {fault.Message}", fault);
        }
        catch (TaskCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliFault($"cdc-sync at {address} took too long.", fault);
        }
    }

    private static string? Detail(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject problem ? problem["detail"]?.GetValue<string>() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Uri Address(CliContext context, Uri? given)
    {
        if (given is not null)
        {
            return given;
        }

        if (context.Environment("STRANGLER_CDC_SYNC") is { Length: > 0 } set)
        {
            return Uri.TryCreate(set, UriKind.Absolute, out var uri) ? uri : throw new CliFault($"STRANGLER_CDC_SYNC is no address: '{set}'.");
        }

        return new RunStateStore(context.Repository).Read() is { } state
            ? new Uri(state.CdcSyncUrl)
            : throw new CliFault("Nothing is running here. Start it (./strangler up), or name cdc-sync: --cdc-sync URL.");
    }
}
