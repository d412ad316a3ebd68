using System.Text;
using Strangler.WebApi.Errors;
using Strangler.WebApi.Json;

namespace Strangler.WebApi.Tests;

public sealed class WebApiErrorTests
{
    public static TheoryData<WebApiError, int, string> Errors => new()
    {
        {
            WebApiError.NotAuthorized("Magento_Catalog::products"), 401,
            """{"message":"The consumer isn't authorized to access %resources.","parameters":{"resources":"Magento_Catalog::products"}}"""
        },
        { WebApiError.CannotBeProcessed(), 400, """{"message":"Specified request cannot be processed."}""" },
        { WebApiError.MethodNotSupported("PATCH"), 405, """{"message":"The PATCH HTTP method is not supported."}""" },
        {
            new WebApiError(400, "One of %1 or %2", new ErrorParameter(null, "ASC"), new ErrorParameter(null, "DESC")), 400,
            """{"message":"One of %1 or %2","parameters":["ASC","DESC"]}"""
        },
        {
            WebApiError.NoSuchEntity("id", 7), 404,
            """{"message":"No such entity with %fieldName = %fieldValue","parameters":{"fieldName":"id","fieldValue":7}}"""
        },
        {
            WebApiError.Inputs([WebApiError.Required("storeId"), WebApiError.Required("currencyCode")]), 400,
            """
            {"message":"One or more input exceptions have occurred.","errors":[{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{"fieldName":"storeId"}},{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{"fieldName":"currencyCode"}}]}
            """
        },
        {
            WebApiError.Inputs([WebApiError.Required("sku")]), 400,
            """{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{"fieldName":"sku"}}"""
        },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void Body_has_magentos_shape(WebApiError error, int status, string body)
    {
        using var buffer = new PooledBuffer();
        error.Write(new PhpJsonWriter(buffer));
        Encoding.UTF8.GetString(buffer.Written).Should().Be(body);
        error.Status.Should().Be(status);
    }
}
