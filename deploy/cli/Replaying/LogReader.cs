using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Replaying;

/// <summary>The requests of several logs, one after the other; gzip is told by its first bytes, <c>-</c> is the standard input.</summary>
internal sealed class LogReader(IReadOnlyList<string> files)
{
    private const int Named = 5;
    private const int ShownLength = 160;
    private readonly List<MalformedLine> _malformed = [];

    /// <summary>Lines that were no request.</summary>
    public long Malformed { get; private set; }

    /// <summary>The first few of them.</summary>
    public IReadOnlyList<MalformedLine> FirstMalformed => _malformed;

    /// <summary>Requests whose recording has masked a part of the target.</summary>
    public long Masked { get; private set; }

    /// <summary>Lines read.</summary>
    public long Lines { get; private set; }

    public async IAsyncEnumerable<LoggedRequest> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            await using var stream = Open(file);
            // Bytes stay bytes: a log has no encoding of its own. A recording's JSON is ASCII and escapes, or UTF-8 that is put together below.
            using var reader = new StreamReader(stream, Encoding.Latin1);
            for (long number = 1; await NextAsync(reader, file, cancellationToken) is { } line; number++)
            {
                if (line.Length == 0)
                {
                    continue;
                }

                Lines++;
                var text = line.StartsWith('{') ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)) : line;
                if (LogLine.Parse(text, out var why) is not { } request)
                {
                    Malformed++;
                    if (_malformed.Count < Named)
                    {
                        _malformed.Add(new MalformedLine(file, number, why!, text.Length <= ShownLength ? text : text[..ShownLength] + "…"));
                    }
                }
                else if (LogLine.IsMasked(request))
                {
                    Masked++;
                }
                else
                {
                    yield return request;
                }
            }
        }
    }

    private static async Task<string?> NextAsync(StreamReader reader, string file, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CliFault($"{file} cannot be read to its end: {fault.Message}", fault);
        }
    }

    private static Stream Open(string file)
    {
        try
        {
            var stream = new BufferedStream(file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), 64 * 1024);
            if (file == "-")
            {
                return stream;
            }

            var (first, second) = (stream.ReadByte(), stream.ReadByte());
            stream.Position = 0;
            return (first, second) == (0x1f, 0x8b) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CliFault($"{file} cannot be read: {fault.Message}", fault);
        }
    }
}
