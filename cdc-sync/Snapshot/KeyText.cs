using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Snapshot;

/// <summary>A key as JSON, exactly: where a copy goes on after a restart.</summary>
internal static class KeyText
{
    public static string Write(ColumnValue[] key) => JsonSerializer.Serialize(key.Select(value => value.Kind switch
    {
        ValueKind.Int64 => "i" + value.Int64.ToString(CultureInfo.InvariantCulture),
        ValueKind.UInt64 => "u" + value.UInt64.ToString(CultureInfo.InvariantCulture),
        ValueKind.Single => "f" + value.Double.ToString("R", CultureInfo.InvariantCulture),
        ValueKind.Double => "d" + value.Double.ToString("R", CultureInfo.InvariantCulture),
        ValueKind.Text => "t" + value.Text,
        ValueKind.Bytes => "b" + Convert.ToBase64String(value.Bytes),
        _ => throw new InvalidOperationException("A key has no NULL."),
    }).ToArray(), KeyTextJson.Default.StringArray);

    public static ColumnValue[] Read(string text) => [.. JsonSerializer.Deserialize(text, KeyTextJson.Default.StringArray)!.Select(part => part[0] switch
    {
        'i' => ColumnValue.Of(long.Parse(part.AsSpan(1), CultureInfo.InvariantCulture)),
        'u' => ColumnValue.Of(ulong.Parse(part.AsSpan(1), CultureInfo.InvariantCulture)),
        'f' => ColumnValue.Of((float)double.Parse(part.AsSpan(1), CultureInfo.InvariantCulture)),
        'd' => ColumnValue.Of(double.Parse(part.AsSpan(1), CultureInfo.InvariantCulture)),
        't' => ColumnValue.Of(part[1..]),
        'b' => ColumnValue.Of(Convert.FromBase64String(part[1..])),
        _ => throw new FormatException($"'{part}' is no part of a key."),
    })];
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class KeyTextJson : JsonSerializerContext;
