using System.Text;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>Every form that a connector has for a value gives the value that the log gives.</summary>
public sealed class ColumnCodecTests
{
    [Theory]
    [InlineData("time(6)", "adaptive_time_microseconds", "43200000001", "12:00:00.000001")]
    [InlineData("time(3)", "adaptive", "43200500", "12:00:00.500")]
    [InlineData("time(6)", "adaptive", "43200000001", "12:00:00.000001")]
    [InlineData("time", "connect", "86399000", "23:59:59")]
    [InlineData("time(6)", "isostring", "\"12:00:00.000001Z\"", "12:00:00.000001")]
    [InlineData("time(6)", "nanoseconds", "43200000001000", "12:00:00.000001")]
    [InlineData("time(6)", "microseconds", "-1", "-00:00:00.000001")]
    [InlineData("time", "adaptive_time_microseconds", "-3020399000000", "-838:59:59")]
    [InlineData("date", "adaptive", "-354285", "1000-01-01")]
    [InlineData("date", "isostring", "\"9999-12-31Z\"", "9999-12-31")]
    [InlineData("date", "nanoseconds", "-719528", "0000-01-01")]
    [InlineData("datetime(6)", "microseconds", "-30610223999999999", "1000-01-01 00:00:00.000001")]
    [InlineData("datetime", "microseconds", "1709251199000000", "2024-02-29 23:59:59")]
    [InlineData("datetime(6)", "nanoseconds", "1795350896789012000", "2026-11-22 12:34:56.789012")]
    [InlineData("datetime(3)", "adaptive", "1795350896789", "2026-11-22 12:34:56.789")]
    [InlineData("datetime(6)", "isostring", "\"1969-12-31T23:59:59.999999Z\"", "1969-12-31 23:59:59.999999")]
    [InlineData("timestamp(3)", "connect", "\"2026-10-25T02:30:00.25+02:00\"", "2026-10-25 00:30:00.250")]
    [InlineData("timestamp(6)", "adaptive", "\"1970-01-01T00:00:00Z\"", "0000-00-00 00:00:00.000000")]
    public void Moments(string type, string mode, string json, string expected) =>
        Read(type, json, options => options.TimePrecision = mode).Should().Be(ColumnValue.Of(expected));

    [Theory]
    [InlineData("decimal(10,4)", "precise", "\"/av0HAE=\"", "-999999.9999")]
    [InlineData("decimal(65,30)", "precise", "\"APMWJxx/w5CKi+9GTjlF73olNgn//////////w==\"", "99999999999999999999999999999999999.999999999999999999999999999999")]
    [InlineData("decimal(12,4)", "string", "\"0\"", "0.0000")]
    [InlineData("decimal(12,4)", "string", "\"1E+3\"", "1000.0000")]
    [InlineData("decimal(12,4)", "double", "-0.0001", "-0.0001")]
    [InlineData("decimal(12,4)", "double", "1.234567E2", "123.4567")]
    public void Decimals(string type, string mode, string json, string expected) =>
        Read(type, json, options => options.DecimalHandling = mode).Should().Be(ColumnValue.Of(expected));

    [Theory]
    [InlineData("bytes", "\"+/8=\"")]
    [InlineData("base64", "\"+/8=\"")]
    [InlineData("base64-url-safe", "\"-_8\"")]
    [InlineData("base64-url-safe", "\"-_8=\"")]
    [InlineData("hex", "\"fbff\"")]
    public void Binary_columns_are_padded_to_their_length(string mode, string json) =>
        Read("binary(4)", json, options => options.BinaryHandling = mode).Bytes.Should().Equal(0xFB, 0xFF, 0, 0);

    [Fact]
    public void Numbers_bits_members_and_shapes()
    {
        Read("bigint unsigned", "-1").Should().Be(ColumnValue.Of(ulong.MaxValue));
        Read("bigint unsigned", "\"AP//////////\"", options => options.BigintUnsignedHandling = "precise").Should().Be(ColumnValue.Of(ulong.MaxValue));
        Read("tinyint(1)", "true").Should().Be(ColumnValue.Of(1L));
        Read("bit(12)", "\"/w8=\"").Should().Be(ColumnValue.Of(0xFFFUL));
        Read("year", "1900").Should().Be(ColumnValue.Of(0L));
        Read("float", "3.402823E38").Should().Be(ColumnValue.Of(3.402823E38f));
        Read("enum('a','it''s')", "\"it's\"").Should().Be(ColumnValue.Of(2L));
        Read("enum('a')", "\"\"").Should().Be(ColumnValue.Of(0L));
        Read("set('a','b','c')", "\"a,c\"").Should().Be(ColumnValue.Of(5L));
        Read("point", """{"x":1.5,"y":2.0,"wkb":"AQE=","srid":4326}""").Bytes.Should().Equal(0xE6, 0x10, 0, 0, 1, 1);
        Read("vector(2)", "[1.0,3.5]").Bytes.Should().Equal(0, 0, 0x80, 0x3F, 0, 0, 0x60, 0x40);
        Read("json", "\"{\\\"a\\\":[1,2.50,1e300,null,\\\"é\\\"],\\\"b\\\":{}}\"").Should().Be(ColumnValue.Of("""{"a": [1, 2.5, 1e300, null, "é"], "b": {}}"""));
        Read("int", "null").Should().Be(ColumnValue.Null);
    }

    [Theory]
    [InlineData("decimal(12,4)", "1.5", "DecimalHandling")]
    [InlineData("decimal(12,4)", "\"1.5000\"", "DecimalHandling")]
    [InlineData("datetime", "\"2026-01-01T00:00:00Z\"", "TimePrecision")]
    [InlineData("datetime", "1795350896789012", "TimePrecision")]
    [InlineData("varbinary(10)", "\"0z\"", "BinaryHandling")]
    [InlineData("bigint unsigned", "\"AP8=\"", "BigintUnsignedHandling")]
    public void What_another_mode_wrote_is_refused_by_the_settings_name(string type, string json, string setting)
    {
        var read = () => Read(type, json);

        read.Should().Throw<ModeMismatchException>().Which.Setting.Should().Be(setting);
    }

    private static ColumnValue Read(string type, string json, Action<KafkaOptions>? configure = null)
    {
        var options = new KafkaOptions();
        configure?.Invoke(options);
        ValueModes.Fault(options).Should().BeNull();
        var column = new ColumnDefinition("c", type.Split('(', ' ')[0], type, null, null, true, null, false);
        var reader = new RowReader(new TableDefinition(new TableName("s", "t"), [column], null, []), null, ValueModes.Of(options));
        return reader.Read(Encoding.UTF8.GetBytes($$"""{"c":{{json}}}"""))[0];
    }
}
