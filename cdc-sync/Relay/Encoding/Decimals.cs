using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Strangler.CdcSync.Relay.Encoding;

/// <summary>Kafka Connect's logical decimal: the unscaled integer as two's complement, most significant byte first; the scale is the schema's.</summary>
internal static class Decimals
{
    public const string SemanticType = "org.apache.kafka.connect.data.Decimal";

    public static ConnectSchema Schema(bool isOptional, int scale, int? precision)
    {
        var parameters = new List<(string, string)> { ("scale", scale.ToString(CultureInfo.InvariantCulture)) };
        if (precision is { } digits)
        {
            parameters.Add(("connect.decimal.precision", digits.ToString(CultureInfo.InvariantCulture)));
        }

        return ConnectSchema.Semantic("bytes", isOptional, SemanticType) with { Parameters = parameters };
    }

    /// <summary>Writes a number that is printed with all digits of its scale.</summary>
    public static void Write(Utf8JsonWriter writer, string number)
    {
        var unscaled = BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        writer.WriteBase64StringValue(unscaled.ToByteArray(isBigEndian: true));
    }
}
