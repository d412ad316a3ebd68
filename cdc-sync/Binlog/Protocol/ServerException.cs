using System.Text;

namespace Strangler.CdcSync.Binlog.Protocol;

/// <summary>An error packet of the server: its number, SQL state and message.</summary>
internal sealed class ServerException(int number, string sqlState, string message) : Exception($"{message} (error {number}, {sqlState})")
{
    public const byte Signature = 0xFF;

    /// <summary>The log asked for is no longer there, or never was.</summary>
    public const int MasterFatalErrorReadingBinlog = 1236;

    public int Number { get; } = number;

    /// <summary>https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html</summary>
    public static ServerException Parse(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        reader.Skip(1);
        var number = reader.ReadUInt16();
        var state = "HY000";
        if (reader.Remaining > 6 && reader.Rest[0] == (byte)'#')
        {
            reader.Skip(1);
            state = Encoding.ASCII.GetString(reader.Take(5));
        }

        return new ServerException(number, state, Encoding.UTF8.GetString(reader.TakeRest()));
    }
}
