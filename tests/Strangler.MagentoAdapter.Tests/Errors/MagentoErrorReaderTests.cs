using System.Net;
using Strangler.MagentoAdapter.Errors;

namespace Strangler.MagentoAdapter.Tests.Errors;

public class MagentoErrorReaderTests
{
    [Fact]
    public void Read_EveryRecordedError_HasAMessageForPeople()
    {
        var errors = Recording.All().Where(recording => recording.Status >= 400 && recording.MediaType == "application/json" && recording.Body.Length > 0)
            .Select(recording => (recording, error: MagentoErrorReader.Read((HttpStatusCode)recording.Status, recording.MediaType, recording.Body)))
            .ToList();

        errors.Should().HaveCountGreaterThan(50);
        foreach (var (recording, error) in errors)
        {
            error.Kind.Should().Be(recording.Status == 500 ? MagentoErrorKind.Failure : MagentoErrorKind.Api, recording.Name);
            error.Message.Should().NotBeNullOrWhiteSpace(recording.Name);
            error.Parameters.Keys.Should().AllSatisfy(name => error.Message.Should().NotContain($"%{name}", recording.Name));
        }
    }

    [Fact]
    public void Read_EveryRecordedFailureWithoutJson_IsAFailure()
    {
        var failures = Recording.All().Where(recording => recording.Status == 500 && recording.MediaType != "application/json")
            .Select(recording => MagentoErrorReader.Read((HttpStatusCode)recording.Status, recording.MediaType, recording.Body)).ToList();

        failures.Should().NotBeEmpty().And.AllSatisfy(error => error.Kind.Should().Be(MagentoErrorKind.Failure));
        failures.Select(error => error.Message).Should().Contain("There has been an error processing your request");
    }

    [Theory]
    [InlineData("""{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{"fieldName":"password"}}""", "\"password\" is required. Enter and try again.")]
    [InlineData("""{"message":"The %1 Cart doesn't contain the %2 item.","parameters":["36",999999]}""", "The 36 Cart doesn't contain the 999999 item.")]
    [InlineData("""{"message":"No such entity with %fieldName = %fieldValue","parameters":{"fieldName":"cartId","fieldValue":null}}""", "No such entity with cartId = ")]
    [InlineData("""{"message":"%field is not %fieldValue","parameters":{"field":"a","fieldValue":"b"}}""", "a is not b")]
    [InlineData("""{"message":"%1 and %2","parameters":["%2","x"]}""", "%2 and x")]
    [InlineData("""{"message":"20% off","parameters":[]}""", "20% off")]
    [InlineData("""{"message":"Several.","errors":[{"message":"%f is bad","parameters":{"f":"one"}},{"message":"two is bad"}]}""", "Several. one is bad two is bad")]
    public void Message_HasItsParameters(string body, string expected) =>
        MagentoErrorReader.Read(HttpStatusCode.BadRequest, "application/json", body).Message.Should().Be(expected);

    [Fact]
    public void Read_ReportId_IsFound()
    {
        var error = MagentoErrorReader.Read(
            HttpStatusCode.InternalServerError, "application/json",
            """{"message":"Internal Error. Details are available in Magento log file. Report ID: webapi-6b02fa1d167a8"}""");

        error.Kind.Should().Be(MagentoErrorKind.Failure);
        error.ReportId.Should().Be("webapi-6b02fa1d167a8");
    }

    [Theory]
    [InlineData(503, "text/html", "<html><title>Maintenance</title>", MagentoErrorKind.Maintenance)]
    [InlineData(302, "text/html", "", MagentoErrorKind.Redirect)]
    [InlineData(404, "text/html", "<html><head><title>nginx</title>", MagentoErrorKind.NotMagento)]
    [InlineData(404, null, null, MagentoErrorKind.NotMagento)]
    [InlineData(400, "application/json", "{\"message\":", MagentoErrorKind.NotMagento)]
    [InlineData(400, "application/json", "{\"message\":7}", MagentoErrorKind.NotMagento)]
    [InlineData(400, "application/json", "[]", MagentoErrorKind.NotMagento)]
    [InlineData(502, "text/plain", "bad gateway", MagentoErrorKind.Failure)]
    [InlineData(500, null, "", MagentoErrorKind.Failure)]
    public void Read_OtherAnswers_AreRecognised(int status, string? mediaType, string? body, MagentoErrorKind kind)
    {
        var error = MagentoErrorReader.Read((HttpStatusCode)status, mediaType, body);

        error.Kind.Should().Be(kind);
        error.Message.Should().NotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Read_CodeIsKept() => MagentoErrorReader.Read(HttpStatusCode.BadRequest, "application/json", """{"message":"no","code":42}""").Code.Should().Be("42");
}
