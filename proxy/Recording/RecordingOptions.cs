using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.Recording;

/// <summary>Whether and how the storefront's requests are written down for a replay. Section <c>Recording</c>; without a file nothing is.</summary>
public sealed class RecordingOptions
{
    /// <summary>The file that is written; older ones get <c>.1</c>, <c>.2</c> … appended.</summary>
    public string? File { get; set; }

    /// <summary>Share of the requests, above 0 to 1.</summary>
    [Range(0.000001, 1)]
    public double SampleRate { get; set; } = 0.1;

    /// <summary>Bytes after which a new file is begun.</summary>
    [Range(1024, 1024L * 1024 * 1024 * 16)]
    public long MaxFileBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Files that are kept, the one being written among them.</summary>
    [Range(1, 1000)]
    public int MaxFiles { get; set; } = 8;

    /// <summary>Requests that may wait to be written; one more is dropped and counted.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueue { get; set; } = 4096;

    /// <summary>Further fields that are written down, beside those that a store's answers depend on. Their values are masked as all texts are.</summary>
    public IReadOnlyList<string> Headers { get; set; } = [];
}
