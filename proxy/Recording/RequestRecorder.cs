using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Recording;

/// <summary>One line of a recording.</summary>
internal sealed record RecordedRequest(DateTimeOffset At, string Method, string Target, IReadOnlyDictionary<string, string> Headers);

/// <summary>
/// Writes a sample of the storefront's requests to a file, one JSON object a line, masked. Nobody waits for it: what the disk does not take in
/// time is dropped and counted.
/// </summary>
internal sealed partial class RequestRecorder(IOptions<RecordingOptions> options, TimeProvider time, ILogger<RequestRecorder> logger) : BackgroundService
{
    private static readonly byte[] LineEnd = [(byte)'\n'];
    private readonly RecordingOptions _options = options.Value;
    private readonly RequestMask _mask = new(options.Value.Headers);
    private readonly Channel<(string Method, string Target, (string, string)[] Fields, DateTimeOffset At)> _waiting =
        Channel.CreateBounded<(string, string, (string, string)[], DateTimeOffset)>(new BoundedChannelOptions(options.Value.MaxQueue) { SingleReader = true });

    private long _dropped;

    /// <summary>Requests that were not written down for want of room, or of a disk.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Notes a request, or not, as the sample has it.</summary>
    public void Note(HttpContext context, string target)
    {
        if (_options.SampleRate < 1 && Random.Shared.NextDouble() >= _options.SampleRate)
        {
            return;
        }

        if (!_waiting.Writer.TryWrite((context.Request.Method, target, [.. _mask.Fields(context.Request.Headers)], time.GetUtcNow())))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        FileStream? file = null;
        var isBroken = false;
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                try
                {
                    while (_waiting.Reader.TryRead(out var request))
                    {
                        file ??= Open();
                        file = await WriteAsync(file, Line(request));
                    }

                    await (file?.FlushAsync(stoppingToken) ?? Task.CompletedTask);
                    isBroken = false;
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
                {
                    Interlocked.Increment(ref _dropped);
                    if (!isBroken)
                    {
                        Log.Broken(logger, fault, _options.File!);
                    }

                    isBroken = true;
                    file = await CloseAsync(file);
                }
            }
        }
        finally
        {
            await CloseAsync(file);
        }
    }

    private async Task<FileStream> WriteAsync(FileStream file, byte[] line)
    {
        if (file.Position > 0 && file.Position + line.Length + 1 > _options.MaxFileBytes)
        {
            await file.DisposeAsync();
            Rotate();
            file = Open();
        }

        await file.WriteAsync(line);
        await file.WriteAsync(LineEnd);
        return file;
    }

    private static byte[] Line((string Method, string Target, (string Name, string Value)[] Fields, DateTimeOffset At) request)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in request.Fields)
        {
            fields[name] = value;
        }

        return JsonSerializer.SerializeToUtf8Bytes(
            new RecordedRequest(request.At, request.Method, RequestMask.Target(request.Target), fields), RecordingJson.Relaxed.RecordedRequest);
    }

    // Readable by its owner alone: masked is not public.
    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_options.File!))!);
        var how = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(_options.File!, how);
    }

    private void Rotate()
    {
        for (var number = _options.MaxFiles - 1; number >= 1; number--)
        {
            var (from, to) = (number == 1 ? _options.File! : $"{_options.File}.{number - 1}", $"{_options.File}.{number}");
            if (File.Exists(from))
            {
                File.Move(from, to, overwrite: true);
            }
        }

        if (_options.MaxFiles == 1)
        {
            File.Delete(_options.File!);
        }
    }

    private static async Task<FileStream?> CloseAsync(FileStream? file)
    {
        if (file is not null)
        {
            try
            {
                await file.DisposeAsync();
            }
            catch (IOException)
            {
                // A full disk, told already.
            }
        }

        return null;
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(RecordedRequest))]
    internal sealed partial class RecordingJson : JsonSerializerContext
    {
        public static RecordingJson Relaxed { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecordingBroken, LogLevel.Warning, "Requests cannot be written to {File}; they are dropped until it works again")]
        public static partial void Broken(ILogger logger, Exception fault, string file);
    }
}
