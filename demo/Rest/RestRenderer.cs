using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Strangler.Demo.Rest;

/// <summary>JSON or XML, chosen from <c>Accept</c>; a type that Magento does not know has no renderer at all.</summary>
internal sealed class RestRenderer
{
    private static readonly RestRenderer Json = new("application/json; charset=utf-8", isXml: false);
    private static readonly RestRenderer Xml = new("application/xml; charset=utf-8", isXml: true);

    private readonly bool _isXml;

    private RestRenderer(string contentType, bool isXml)
    {
        ContentType = contentType;
        _isXml = isXml;
    }

    public string ContentType { get; }

    public static RestRenderer? For(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept) || !MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return Json;
        }

        return types.OrderByDescending(type => type.Quality ?? 1).Select(type => type.MediaType.Value switch
        {
            "*/*" or "application/json" => Json,
            "text/xml" or "application/xml" or "application/xhtml+xml" => Xml,
            _ => null,
        }).FirstOrDefault(renderer => renderer is not null);
    }

    public async Task WriteAsync(HttpContext http, RestAnswer answer)
    {
        using var json = PhpJson.Serialize(answer);
        if (!_isXml)
        {
            await http.Response.Body.WriteAsync(json.WrittenMemory, http.RequestAborted);
            return;
        }

        await http.Response.WriteAsync(ToXml(JsonNode.Parse(json.Written)), http.RequestAborted);
    }

    private static string ToXml(JsonNode? root)
    {
        var text = new StringWriter();
        text.Write("<?xml version=\"1.0\"?>\n");
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, NewLineChars = "\n" }))
        {
            WriteElement(xml, "response", root);
        }

        return text + "\n";
    }

    private static void WriteElement(XmlWriter xml, string name, JsonNode? node)
    {
        xml.WriteStartElement(char.IsDigit(name[0]) ? "item_" + name : name);
        switch (node)
        {
            case JsonObject item:
                foreach (var (key, value) in item)
                {
                    WriteElement(xml, key, value);
                }

                break;
            case JsonArray list:
                foreach (var value in list)
                {
                    WriteElement(xml, "item", value);
                }

                break;
            case JsonValue value:
                xml.WriteString(value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString());
                break;
        }

        xml.WriteEndElement();
    }
}
