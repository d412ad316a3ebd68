using System.Text.Json;
using Strangler.WebApi.Json;

namespace Strangler.Catalog.Products;

/// <summary>Changes to a finished document that only single requests need.</summary>
internal static class DocumentParts
{
    /// <summary>The document with another list in place of <c>tier_prices</c>.</summary>
    public static byte[] WithTierPrices(byte[] document, byte[] tierPrices)
    {
        var (start, end) = Find(document, "tier_prices");
        return start < 0 ? document : [.. document.AsSpan(0, start), .. tierPrices, .. document.AsSpan(end)];
    }

    /// <summary>The document without <c>stock_item</c>, which takes a right of its own to see.</summary>
    public static byte[] WithoutStockItem(byte[] document)
    {
        using var buffer = new PooledBuffer(document.Length);
        var json = new PhpJsonWriter(buffer);
        var reader = new Utf8JsonReader(document);
        reader.Read();
        json.StartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isExtension = reader.ValueTextEquals("extension_attributes"u8);
            json.Name(reader.ValueSpan);
            reader.Read();
            if (isExtension)
            {
                CopyWithout(document, ref reader, json, "stock_item"u8);
            }
            else
            {
                json.Raw(Value(document, ref reader));
            }
        }

        json.EndObject();
        return buffer.Written.ToArray();
    }

    private static void CopyWithout(byte[] document, ref Utf8JsonReader reader, PhpJsonWriter json, ReadOnlySpan<byte> member)
    {
        json.StartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            var value = Value(document, ref reader);
            if (!name.SequenceEqual(member))
            {
                json.Name(name);
                json.Raw(value);
            }
        }

        json.EndObject();
    }

    private static (int Start, int End) Find(byte[] document, string name)
    {
        var reader = new Utf8JsonReader(document);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found)
            {
                return (start, (int)reader.BytesConsumed);
            }
        }

        return (-1, -1);
    }

    private static ReadOnlySpan<byte> Value(byte[] document, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return document.AsSpan(start..(int)reader.BytesConsumed);
    }
}
