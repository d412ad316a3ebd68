using System.Text;
using System.Text.Json;
using CsCheck;
using Strangler.WebApi.Json;

namespace Strangler.WebApi.Tests.Json;

public sealed class PhpJsonWriterTests
{
    [Fact]
    public void Every_string_vector_is_escaped_as_php_did()
    {
        foreach (var vector in TestVectors.Section("json_strings").EnumerateArray())
        {
            var utf8 = Convert.FromHexString(vector.GetProperty("utf8_hex").GetString()!);
            var expected = vector.GetProperty("json").GetString();
            Write(json => json.Text(utf8)).Should().Be(expected);
            Write(json => json.Text(Encoding.UTF8.GetString(utf8))).Should().Be(expected);
        }
    }

    [Fact]
    public void Commas_stand_between_values_only()
    {
        var text = Write(json =>
        {
            json.StartObject();
            json.Name("a");
            json.StartArray();
            json.Number(1);
            json.Number(2.50);
            json.StartObject();
            json.EndObject();
            json.EndArray();
            json.Name("b/c"u8);
            json.Null();
            json.Name("d");
            json.Boolean(true);
            json.EndObject();
        });
        text.Should().Be("""{"a":[1,2.5,{}],"b\/c":null,"d":true}""");
    }

    [Fact]
    public void Any_string_reads_back_as_itself_and_is_ascii() => Gen.String.Where(IsValid).Sample(text =>
    {
        var json = Write(writer => writer.Text(text));
        return json.All(char.IsAscii) && JsonSerializer.Deserialize<string>(json) == text;
    });

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        FluentActions.Invoking(() => Write(json => json.Text([0x61, 0xff]))).Should().Throw<ArgumentException>();

    private static bool IsValid(string text) => !text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar);

    private static string Write(Action<PhpJsonWriter> write)
    {
        using var buffer = new PooledBuffer(16);
        write(new PhpJsonWriter(buffer));
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
