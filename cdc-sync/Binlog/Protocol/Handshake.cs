using System.Buffers.Binary;
using System.Text;
using MySqlConnector;

namespace Strangler.CdcSync.Binlog.Protocol;

/// <summary>The connection phase: greeting, TLS, authentication with as many plugin switches as the server asks for.</summary>
internal static class Handshake
{
    private const byte Ok = 0x00;
    private const byte MoreData = 0x01;
    private const byte AuthenticationSwitch = 0xFE;
    private const byte FastAuthenticationSucceeded = 3;
    private const byte FullAuthenticationNeeded = 4;
    private const byte Utf8Mb4GeneralCi = 45;

    private const Capabilities Wanted = Capabilities.LongPassword | Capabilities.LongFlag | Capabilities.Protocol41 | Capabilities.Transactions
        | Capabilities.SecureConnection | Capabilities.MultiResults | Capabilities.PluginAuth | Capabilities.PluginAuthLengthEncoded;

    public static async Task<ServerConnection> PerformAsync(PacketStream packets, MySqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var greeting = Greeting.Parse((await packets.ReadAsync(cancellationToken)).Span);
        var capabilities = Wanted & (greeting.Capabilities | Capabilities.LongPassword);
        var encrypted = await TryEncryptAsync(packets, settings, greeting, capabilities, cancellationToken);
        if (encrypted)
        {
            capabilities |= Capabilities.Ssl;
        }

        // A plugin this client does not know is answered with nothing; the server then asks for the account's own.
        var plugin = greeting.AuthenticationPlugin;
        var nonce = greeting.Nonce;
        var answer = Authentication.FirstAnswer(plugin, settings.Password, nonce, encrypted);
        if (answer is null)
        {
            plugin = Authentication.NativePassword;
            answer = Authentication.FirstAnswer(plugin, settings.Password, nonce, encrypted)!;
        }

        await packets.WriteAsync(Response(capabilities, settings.UserID, answer, plugin), cancellationToken);
        while (true)
        {
            var payload = await packets.ReadAsync(cancellationToken);
            switch (ServerConnection.ThrowOnError(payload))
            {
                case Ok:
                    return new ServerConnection(packets, greeting);
                case AuthenticationSwitch:
                    (plugin, nonce) = ParseSwitch(payload.Span);
                    answer = Authentication.FirstAnswer(plugin, settings.Password, nonce, encrypted) ?? throw new NotSupportedException(
                        $"User '{settings.UserID}' signs in by the plugin '{plugin}', which this client does not speak"
                        + (plugin == Authentication.ClearPassword ? " without TLS." : $". Give it {Authentication.CachingSha2Password} or {Authentication.NativePassword}."));
                    await packets.WriteAsync(answer, cancellationToken);
                    break;
                case MoreData:
                    await AnswerMoreAsync(packets, payload[1..], plugin, nonce, settings, encrypted, cancellationToken);
                    break;
                case var other:
                    throw new FormatException($"The server answered the sign-in with a packet 0x{other:X2}.");
            }
        }
    }

    private static async Task<bool> TryEncryptAsync(
        PacketStream packets, MySqlConnectionStringBuilder settings, Greeting greeting, Capabilities capabilities, CancellationToken cancellationToken)
    {
        var offered = greeting.Capabilities.HasFlag(Capabilities.Ssl);
        if (settings.SslMode == MySqlSslMode.Disabled || (!offered && settings.SslMode == MySqlSslMode.Preferred))
        {
            return false;
        }

        if (!offered)
        {
            throw new InvalidOperationException($"SslMode={settings.SslMode}, but {settings.Server}:{settings.Port} offers no TLS.");
        }

        var request = new byte[32];
        WriteFixedPart(request, capabilities | Capabilities.Ssl);
        await packets.WriteAsync(request, cancellationToken);
        packets.Upgrade(await TlsUpgrade.AuthenticateAsync(packets.Stream, settings, cancellationToken));
        return true;
    }

    private static async Task AnswerMoreAsync(
        PacketStream packets, ReadOnlyMemory<byte> data, string plugin, byte[] nonce, MySqlConnectionStringBuilder settings, bool encrypted,
        CancellationToken cancellationToken)
    {
        if (plugin == Authentication.CachingSha2Password && data.Span is [FastAuthenticationSucceeded])
        {
            return;
        }

        var isKey = data.Length > 100;
        if (isKey)
        {
            await SendUnderKeyAsync(packets, Encoding.ASCII.GetString(data.Span), nonce, settings, cancellationToken);
            return;
        }

        if (plugin != Authentication.CachingSha2Password || data.Span is not [FullAuthenticationNeeded])
        {
            throw new FormatException($"The plugin '{plugin}' asked for something unknown.");
        }

        if (encrypted || settings.Server.StartsWith('/'))
        {
            await packets.WriteAsync(Authentication.Clear(settings.Password), cancellationToken);
        }
        else if (settings.ServerRsaPublicKeyFile.Length > 0)
        {
            await SendUnderKeyAsync(packets, await File.ReadAllTextAsync(settings.ServerRsaPublicKeyFile, cancellationToken), nonce, settings, cancellationToken);
        }
        else if (settings.AllowPublicKeyRetrieval)
        {
            await packets.WriteAsync(new byte[] { 2 }, cancellationToken);
        }
        else
        {
            throw new InvalidOperationException(
                $"User '{settings.UserID}' signs in by {plugin} without TLS: set SslMode=Required, AllowPublicKeyRetrieval=True or ServerRsaPublicKeyFile in the connection string.");
        }
    }

    private static async Task SendUnderKeyAsync(
        PacketStream packets, string publicKey, byte[] nonce, MySqlConnectionStringBuilder settings, CancellationToken cancellationToken) =>
        await packets.WriteAsync(Authentication.UnderPublicKey(settings.Password, nonce, publicKey), cancellationToken);

    private static (string Plugin, byte[] Nonce) ParseSwitch(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        reader.Skip(1);
        if (reader.Remaining == 0)
        {
            throw new NotSupportedException("The server asks for the password scheme of MySQL 4.0, which is not safe to use.");
        }

        var plugin = Encoding.ASCII.GetString(reader.ReadNullTerminated());
        var nonce = reader.TakeRest();
        return (plugin, (nonce is [.., 0] ? nonce[..^1] : nonce).ToArray());
    }

    private static byte[] Response(Capabilities capabilities, string user, byte[] answer, string plugin)
    {
        var userBytes = Encoding.UTF8.GetBytes(user);
        var pluginBytes = Encoding.ASCII.GetBytes(plugin);
        using var response = new MemoryStream();
        var fixedPart = new byte[32];
        WriteFixedPart(fixedPart, capabilities);
        response.Write(fixedPart);
        response.Write(userBytes);
        response.WriteByte(0);
        // Every answer is shorter than 251 bytes, where the length-encoded and the one-byte form agree.
        response.WriteByte((byte)answer.Length);
        response.Write(answer);
        response.Write(pluginBytes);
        response.WriteByte(0);
        return response.ToArray();
    }

    private static void WriteFixedPart(Span<byte> target, Capabilities capabilities)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)capabilities);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], 0x40000000);
        target[8] = Utf8Mb4GeneralCi;
    }
}
