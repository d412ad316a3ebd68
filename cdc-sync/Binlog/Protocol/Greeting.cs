using System.Text;

namespace Strangler.CdcSync.Binlog.Protocol;

/// <summary>The server's first packet: version, capabilities, and the nonce and plugin of its default authentication.</summary>
/// <remarks>https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html</remarks>
internal sealed record Greeting(string ServerVersion, Capabilities Capabilities, byte[] Nonce, string AuthenticationPlugin)
{
    private const byte ProtocolVersion = 10;
    private const int NonceLength = 20;

    public bool IsMariaDb => ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    public static Greeting Parse(ReadOnlySpan<byte> payload)
    {
        if (payload is [ServerException.Signature, ..])
        {
            throw ServerException.Parse(payload);
        }

        var reader = new ByteReader(payload);
        var version = reader.ReadByte();
        if (version != ProtocolVersion)
        {
            throw new FormatException($"The server greets with protocol version {version}; only {ProtocolVersion} is known. Is this a MySQL or MariaDB port?");
        }

        var serverVersion = Encoding.ASCII.GetString(reader.ReadNullTerminated());
        reader.Skip(4);
        var nonce = new List<byte>(NonceLength);
        nonce.AddRange(reader.Take(8));
        reader.Skip(1);
        var capabilities = (uint)reader.ReadUInt16();
        reader.Skip(3);
        capabilities |= (uint)reader.ReadUInt16() << 16;
        var nonceLength = reader.ReadByte();
        reader.Skip(10);
        nonce.AddRange(reader.Take(Math.Max(13, nonceLength - 8))[..12]);
        var plugin = reader.Remaining == 0 ? "mysql_native_password" : Encoding.ASCII.GetString(reader.Rest).TrimEnd('\0');
        return new Greeting(serverVersion, (Capabilities)capabilities, [.. nonce], plugin);
    }
}

/// <summary>What client and server can do; only the bits this client uses.</summary>
[Flags]
internal enum Capabilities : uint
{
    None = 0,
    LongPassword = 1,
    LongFlag = 4,
    Protocol41 = 1 << 9,
    Ssl = 1 << 11,
    Transactions = 1 << 13,
    SecureConnection = 1 << 15,
    MultiResults = 1 << 17,
    PluginAuth = 1 << 19,
    PluginAuthLengthEncoded = 1 << 21,
}
