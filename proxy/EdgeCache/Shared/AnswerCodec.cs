using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Strangler.Proxy.EdgeCache.Changes;

namespace Strangler.Proxy.EdgeCache.Shared;

/// <summary>What is kept of an answer in Redis.</summary>
/// <param name="Stamp">The last event that the replica had heard when it kept the answer: nothing up to it concerns it.</param>
/// <param name="InitialAge">Seconds it had been under way when it came.</param>
/// <param name="Fields">Its fields.</param>
/// <param name="Tags">What it was made of.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record SharedAnswer(
    string Stamp, int InitialAge, KeyValuePair<string, StringValues>[] Fields, IReadOnlyList<ChangedKey> Tags, ReadOnlyMemory<byte> Body);

/// <summary>Answers and their keys as bytes.</summary>
internal static class AnswerCodec
{
    private const byte Format = 1;

    public static byte[] Write(SharedAnswer answer)
    {
        using var bytes = new MemoryStream(answer.Body.Length + 1024);
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Format);
        writer.Write(answer.Stamp);
        writer.Write(answer.InitialAge);
        writer.Write(answer.Fields.Length);
        foreach (var (name, values) in answer.Fields)
        {
            writer.Write(name);
            writer.Write(values.Count);
            foreach (var value in values)
            {
                writer.Write(value ?? "");
            }
        }

        writer.Write(answer.Tags.Count);
        foreach (var tag in answer.Tags)
        {
            writer.Write(tag.Entity);
            writer.Write(tag.Key);
        }

        writer.Write(answer.Body.Length);
        writer.Write(answer.Body.Span);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Null for what another version has written, or what is not whole.</summary>
    public static SharedAnswer? Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
            if (reader.ReadByte() != Format)
            {
                return null;
            }

            var (stamp, age) = (reader.ReadString(), reader.ReadInt32());
            var fields = new KeyValuePair<string, StringValues>[reader.ReadInt32()];
            for (var i = 0; i < fields.Length; i++)
            {
                var name = reader.ReadString();
                var values = new string[reader.ReadInt32()];
                for (var j = 0; j < values.Length; j++)
                {
                    values[j] = reader.ReadString();
                }

                fields[i] = KeyValuePair.Create(name, new StringValues(values));
            }

            var tags = new ChangedKey[reader.ReadInt32()];
            for (var i = 0; i < tags.Length; i++)
            {
                tags[i] = new ChangedKey(reader.ReadString(), reader.ReadString());
            }

            var length = reader.ReadInt32();
            var body = reader.ReadBytes(length);
            return body.Length == length && reader.BaseStream.Position == bytes.Length ? new SharedAnswer(stamp, age, fields, tags, body) : null;
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or OverflowException or OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>A name in Redis: nobody can make two keys that share one, and none of what visitors sent is in it.</summary>
    public static string NameOf(string prefix, long generation, string service, CacheConfig config, in CacheKey key)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(generation);
        foreach (var part in (string[])[service, string.Join(',', config.Entities ?? []), string.Join(',', config.VaryHeaders ?? []),
            key.Space, key.Target, key.Host, key.Scheme, key.Accept, key.AcceptEncoding, key.Store, key.Currency, key.Cookies.Vary.ToString(), key.Cookies.Store.ToString(), key.Extra])
        {
            writer.Write(part);
        }

        writer.Flush();
        return $"{prefix}:answer:{Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))}";
    }
}
