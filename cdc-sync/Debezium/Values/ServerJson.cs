using System.Globalization;
using System.Text;
using System.Text.Json;
using Strangler.CdcSync.Binlog.Values;

namespace Strangler.CdcSync.Debezium.Values;

/// <summary>
/// JSON that Debezium printed, as MySQL itself prints the same document: spaces after commas and colons, its own escapes, and numbers that
/// are no 64-bit integers as doubles.
/// </summary>
internal static class ServerJson
{
    private const int MaximumDepth = 110;

    public static string Print(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = MaximumDepth });
        var text = new StringBuilder(document.Length + 16);
        var isFirst = true;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                text.Append(reader.TokenType == JsonTokenType.EndArray ? ']' : '}');
                isFirst = false;
                continue;
            }

            text.Append(isFirst ? "" : ", ");
            isFirst = false;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray or JsonTokenType.StartObject:
                    text.Append(reader.TokenType == JsonTokenType.StartArray ? '[' : '{');
                    isFirst = true;
                    break;
                case JsonTokenType.PropertyName:
                    JsonDocumentReader.AppendString(text, reader.GetString()!);
                    text.Append(": ");
                    isFirst = true;
                    break;
                case JsonTokenType.String:
                    JsonDocumentReader.AppendString(text, reader.GetString()!);
                    break;
                case JsonTokenType.Number:
                    AppendNumber(text, reader.ValueSpan);
                    break;
                default:
                    text.Append(reader.TokenType switch { JsonTokenType.True => "true", JsonTokenType.False => "false", _ => "null" });
                    break;
            }
        }

        return text.ToString();
    }

    private static void AppendNumber(StringBuilder text, ReadOnlySpan<byte> number)
    {
        if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var signed))
        {
            text.Append(signed);
        }
        else if (ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var unsigned))
        {
            text.Append(unsigned);
        }
        else
        {
            text.Append(JsonDocumentReader.DoubleText(double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture)));
        }
    }
}
