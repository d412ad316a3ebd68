using System.Globalization;
using Strangler.WebApi.Json;

namespace Strangler.WebApi.Errors;

/// <summary>
/// An error as Magento's web API answers it: the message is the template with its placeholders, the values stand beside it.
/// Keys in order: <c>message</c>, <c>errors</c>, <c>code</c>, <c>parameters</c>; each left out when empty.
/// </summary>
public sealed record WebApiError(int Status, string Message, params IReadOnlyList<ErrorParameter> Parameters)
{
    /// <summary>The parts of an aggregate error; only written when there are two or more.</summary>
    public IReadOnlyList<WebApiError> Errors { get; init; } = [];

    /// <summary>Magento's own error code; zero is not written.</summary>
    public int Code { get; init; }

    /// <summary>401: the caller lacks these ACL resources (<c>self</c> for a customer's own data).</summary>
    public static WebApiError NotAuthorized(string resources) =>
        new(401, "The consumer isn't authorized to access %resources.", new ErrorParameter("resources", resources));

    /// <summary>404: no route has this path and method.</summary>
    public static WebApiError NoRoute() => new(404, "Request does not match any route.");

    /// <summary>400: the path is none of the web API's, which is also what an unknown store code is.</summary>
    public static WebApiError CannotBeProcessed() => new(400, "Specified request cannot be processed.");

    /// <summary>405; the method is part of the text.</summary>
    public static WebApiError MethodNotSupported(string method) => new(405, $"The {method} HTTP method is not supported.");

    /// <summary>404: no product has this SKU.</summary>
    public static WebApiError NoSuchProduct() =>
        new(404, "The product that was requested doesn't exist. Verify the product and try again.");

    /// <summary>404: no such row, with the field it was looked up by.</summary>
    public static WebApiError NoSuchEntity(string fieldName, object? fieldValue) =>
        new(404, "No such entity with %fieldName = %fieldValue", new("fieldName", fieldName), new("fieldValue", fieldValue));

    /// <summary>400: a required parameter is missing.</summary>
    public static WebApiError Required(string fieldName) =>
        new(400, "\"%fieldName\" is required. Enter and try again.", new ErrorParameter("fieldName", fieldName));

    /// <summary>One input error stands alone; several become an aggregate.</summary>
    public static WebApiError Inputs(IReadOnlyList<WebApiError> errors) => errors.Count == 1
        ? errors[0]
        : new WebApiError(400, "One or more input exceptions have occurred.") { Errors = errors };

    /// <summary>Writes the body.</summary>
    public void Write(PhpJsonWriter json)
    {
        json.StartObject();
        json.Name("message"u8);
        json.Text(Message);
        if (Errors.Count > 1)
        {
            json.Name("errors"u8);
            json.StartArray();
            foreach (var error in Errors)
            {
                error.Write(json);
            }

            json.EndArray();
        }

        if (Code != 0)
        {
            json.Name("code"u8);
            json.Number(Code);
        }

        if (Parameters.Count > 0)
        {
            json.Name("parameters"u8);
            WriteParameters(json);
        }

        json.EndObject();
    }

    private void WriteParameters(PhpJsonWriter json)
    {
        var named = Parameters[0].Name is not null;
        if (named)
        {
            json.StartObject();
        }
        else
        {
            json.StartArray();
        }

        foreach (var parameter in Parameters)
        {
            if (named)
            {
                json.Name(parameter.Name ?? "");
            }

            if (parameter.Value is null or string)
            {
                json.Text(parameter.Value as string);
            }
            else
            {
                json.Number(Convert.ToInt64(parameter.Value, CultureInfo.InvariantCulture));
            }
        }

        if (named)
        {
            json.EndObject();
        }
        else
        {
            json.EndArray();
        }
    }
}
