using System.Text.Json;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Slices;

/// <summary>
/// Holds the current slice catalog and follows the slices folder. A folder with any fault changes nothing: the last good catalog serves,
/// also after a restart (it is kept on disk), and <see cref="Faults"/> says why. Readers take <see cref="Current"/>; one loop writes it.
/// </summary>
internal sealed partial class SliceCatalogStore : BackgroundService
{
    private const string SchemaFile = "slice.schema.json";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly string _folder;
    private readonly LastGoodFile _lastGood;
    private readonly SliceFileReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger<SliceCatalogStore> _logger;
    private volatile SliceCatalog _current = SliceCatalog.Empty;
    private volatile IReadOnlyList<string> _faults = [];
    private string? _seen;

    public SliceCatalogStore(string folder, LastGoodFile lastGood, IEnumerable<string> services, TimeProvider time, ILogger<SliceCatalogStore> logger)
    {
        _folder = folder;
        _lastGood = lastGood;
        _time = time;
        _logger = logger;
        _reader = new SliceFileReader(File.ReadAllText(Path.Combine(folder, SchemaFile)), services);
        LoadFirst();
    }

    /// <summary>Raised after a new catalog is in place, on the watching loop.</summary>
    public event Action<SliceCatalog>? Changed;

    public SliceCatalog Current => _current;

    /// <summary>What is wrong with the folder as it is now; empty when <see cref="Current"/> is what it says.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Looks at the folder once, and takes what it says if it is without fault.</summary>
    public void Refresh()
    {
        var files = ReadFolder();
        if (files is null)
        {
            return;
        }

        var text = JsonSerializer.Serialize(files, SliceJson.Default.DictionaryStringString);
        if (text == _seen)
        {
            return;
        }

        _seen = text;
        var result = _reader.Read(files);
        _faults = result.Faults;
        if (result.Catalog is null)
        {
            Log.Rejected(_logger, _folder, string.Join("; ", result.Faults), _current.Slices.Count);
            return;
        }

        if (result.Catalog.Hash == _current.Hash)
        {
            return;
        }

        _current = result.Catalog;
        _lastGood.Write(text);
        Log.Loaded(_logger, result.Catalog.Slices.Count, _folder);
        Changed?.Invoke(result.Catalog);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Polled, not watched: a ConfigMap is swapped by a link above the folder, which file watchers do not see.
        using var timer = new PeriodicTimer(PollInterval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Refresh();
        }
    }

    private void LoadFirst()
    {
        Refresh();
        if (_faults.Count == 0 || _lastGood.Read() is not { } kept)
        {
            return;
        }

        var files = JsonSerializer.Deserialize(kept, SliceJson.Default.DictionaryStringString);
        if (files is not null && _reader.Read(files).Catalog is { } catalog)
        {
            _current = catalog;
            Log.KeptLastGood(_logger, catalog.Slices.Count);
        }
    }

    private Dictionary<string, string>? ReadFolder()
    {
        try
        {
            return Directory.EnumerateFiles(_folder, "*.json")
                .Where(file => Path.GetFileName(file) != SchemaFile)
                .ToDictionary(file => Path.GetFileName(file), File.ReadAllText, StringComparer.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _faults = [$"{_folder}: cannot be read: {fault.Message}"];
            _seen = null;
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SlicesLoaded, LogLevel.Information, "{Count} slices loaded from {Folder}")]
        public static partial void Loaded(ILogger logger, int count, string folder);

        [LoggerMessage(EventIds.SlicesRejected, LogLevel.Error, "Slices in {Folder} are not taken, the last good {Count} stay in force: {Faults}")]
        public static partial void Rejected(ILogger logger, string folder, string faults, int count);

        [LoggerMessage(EventIds.SlicesKept, LogLevel.Warning, "The slices folder is faulty; {Count} slices were taken from the copy kept on disk")]
        public static partial void KeptLastGood(ILogger logger, int count);
    }
}
