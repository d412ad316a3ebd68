using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Avro;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium.Registry;

/// <summary>A schema of the registry, ready for use.</summary>
internal sealed record RegisteredSchema(Schema Schema, FieldSchema Fields);

/// <summary>
/// Schemas by their number, asked of a registry over its REST interface (<c>GET /schemas/ids/{id}</c>) and kept: a number's schema never
/// changes. A registry that does not answer is asked again; a number it does not know is the message's fault.
/// </summary>
internal sealed class SchemaRegistry
{
    private const byte Magic = 0;
    private const int HeaderLength = 5;
    private const int Attempts = 5;
    private const int MaximumSchema = 4 * 1024 * 1024;

    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly Dictionary<int, RegisteredSchema> _known = [];

    public SchemaRegistry(HttpClient client, string address, string? userInfo, TimeProvider time)
    {
        _client = client;
        _time = time;
        _client.BaseAddress = new Uri(address.TrimEnd('/') + "/");
        _client.MaxResponseContentBufferSize = MaximumSchema;
        _client.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.schemaregistry.v1+json, application/json");
        if (!string.IsNullOrEmpty(userInfo))
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(userInfo)));
        }
    }

    /// <summary>Whether bytes begin as registered Avro does; JSON never begins with zero.</summary>
    public static bool IsAvro(ReadOnlySpan<byte> message) => message.Length >= HeaderLength && message[0] == Magic;

    /// <summary>The message as JSON, and its schema.</summary>
    public async ValueTask<(byte[] Json, FieldSchema Schema)> DecodeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var schema = await FindAsync(BinaryPrimitives.ReadInt32BigEndian(message.Span[1..]), cancellationToken);
        return (AvroTranscoder.ToJson(schema.Schema, message.Span[HeaderLength..]), schema.Fields);
    }

    private async ValueTask<RegisteredSchema> FindAsync(int id, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out var known))
        {
            return known;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var response = await _client.GetAsync(new Uri($"schemas/ids/{id}", UriKind.Relative), cancellationToken);
                if (response.StatusCode == HttpStatusCode.NotFound)
                {
                    throw new FormatException($"the schema registry at {_client.BaseAddress} knows no schema {id}");
                }

                response.EnsureSuccessStatusCode();
                return _known[id] = Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            }
            catch (HttpRequestException fault) when (attempt == Attempts)
            {
                throw new IOException($"The schema registry at {_client.BaseAddress} does not give schema {id}: {fault.Message}", fault);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), _time, cancellationToken);
            }
        }
    }

    private static RegisteredSchema Parse(byte[] answer)
    {
        using var document = JsonDocument.Parse(answer);
        var text = document.RootElement.TryGetProperty("schema", out var schema) && schema.ValueKind == JsonValueKind.String
            ? schema.GetString()!
            : throw new FormatException("the schema registry answered without a schema");
        try
        {
            var parsed = Schema.Parse(text);
            return new RegisteredSchema(parsed, AvroTranscoder.Describe(parsed));
        }
        catch (AvroException fault)
        {
            throw new FormatException($"a schema of the registry cannot be read: {fault.Message}", fault);
        }
    }
}
