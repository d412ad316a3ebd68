using Strangler.WebApi.Json;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>A name with its value; <c>Optional</c> forms leave the member out when there is no value, the others write null.</summary>
internal static class JsonParts
{
    public static void Member(this PhpJsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        json.Name(name);
        json.Text(value);
    }

    public static void Member(this PhpJsonWriter json, ReadOnlySpan<byte> name, long value)
    {
        json.Name(name);
        json.Number(value);
    }

    public static void Member(this PhpJsonWriter json, ReadOnlySpan<byte> name, double value)
    {
        json.Name(name);
        json.Number(value);
    }

    public static void Member(this PhpJsonWriter json, ReadOnlySpan<byte> name, bool value)
    {
        json.Name(name);
        json.Boolean(value);
    }

    public static void NullableMember(this PhpJsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        json.Name(name);
        if (value is { } number)
        {
            json.Number(number);
        }
        else
        {
            json.Null();
        }
    }

    public static void NullableMember(this PhpJsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        json.Name(name);
        if (value is { } number)
        {
            json.Number(number);
        }
        else
        {
            json.Null();
        }
    }

    public static void Optional(this PhpJsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.Member(name, value);
        }
    }

    public static void Optional(this PhpJsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.Member(name, number);
        }
    }

    public static void Optional(this PhpJsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            json.Member(name, number);
        }
    }
}
