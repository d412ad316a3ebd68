using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Tests.Support;

/// <summary>A source database, a service's database, and cdc-sync's loops between them, which a test starts and stops at will.</summary>
internal sealed class TestSync : IAsyncDisposable
{
    private readonly string _subscriptionFile;
    private readonly ServiceProvider _services;
    private CdcEngine? _engine;

    private TestSync(string source, string sourceDatabase, string target, string targetDatabase, string subscription)
    {
        Source = source;
        SourceDatabase = sourceDatabase;
        Target = target;
        TargetDatabase = targetDatabase;
        _subscriptionFile = Path.GetTempFileName();
        File.WriteAllText(_subscriptionFile, subscription);
        _services = new ServiceCollection().AddMetrics().AddHttpClient()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(new TestLog())).BuildServiceProvider();
    }

    public string SubscriptionFile => _subscriptionFile;

    /// <summary>The source's connection string; another server may take its place while nothing runs.</summary>
    public string Source { get; set; }

    public string SourceDatabase { get; }

    public string Target { get; }

    public string TargetDatabase { get; }

    public Target Service => _engine!.Targets[0];

    public TargetContext Context => Service.Context;

    public CdcEngine Engine => _engine!;

    public Action<CdcOptions>? Configure { get; init; }

    public static async Task<TestSync> FromMariaDbAsync(SharedServers servers, string schema, string subscription, Action<CdcOptions>? configure = null)
    {
        var server = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        return await CreateAsync(server.ConnectionString, server.ConnectionString, schema, subscription, configure);
    }

    public static async Task<TestSync> FromMySqlAsync(SharedServers servers, string schema, string subscription, Action<CdcOptions>? configure = null)
    {
        var target = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        var source = await servers.MySqlAsync(TestContext.Current.CancellationToken);
        return await CreateAsync(source.ConnectionString, target.ConnectionString, schema, subscription, configure);
    }

    /// <summary>Into a database of MySQL, from either server.</summary>
    public static async Task<TestSync> IntoMySqlAsync(SharedServers servers, bool fromMySql, string schema, string subscription, Action<CdcOptions>? configure = null)
    {
        var target = await servers.MySqlAsync(TestContext.Current.CancellationToken);
        Func<string?, string> source = fromMySql ? target.ConnectionString : (await servers.MariaDbAsync(TestContext.Current.CancellationToken)).ConnectionString;
        return await CreateAsync(source, target.ConnectionString, schema, subscription, configure);
    }

    public static async Task<TestSync> CreateAsync(
        Func<string?, string> source, Func<string?, string> target, string schema, string subscription, Action<CdcOptions>? configure = null)
    {
        var (sourceDatabase, targetDatabase) = (SharedServers.NewDatabase("store"), SharedServers.NewDatabase("service"));
        await ExecuteAsync(source(null), $"CREATE DATABASE {sourceDatabase} CHARACTER SET utf8mb4");
        await ExecuteAsync(target(null), $"CREATE DATABASE {targetDatabase} CHARACTER SET utf8mb4");
        if (schema.Length > 0)
        {
            await ExecuteAsync(source(sourceDatabase), schema);
        }

        return new TestSync(source(sourceDatabase), sourceDatabase, target(targetDatabase), targetDatabase, subscription) { Configure = configure };
    }

    /// <summary>From topics alone: no source database is known.</summary>
    public static async Task<TestSync> FromTopicsAsync(Func<string?, string> target, string sourceDatabase, string subscription, Action<CdcOptions> configure)
    {
        var targetDatabase = SharedServers.NewDatabase("service");
        await ExecuteAsync(target(null), $"CREATE DATABASE {targetDatabase} CHARACTER SET utf8mb4");
        return new TestSync("", sourceDatabase, target(targetDatabase), targetDatabase, subscription) { Configure = configure };
    }

    /// <summary>Between two databases that are there already.</summary>
    public static TestSync Over(string source, string sourceDatabase, string target, string targetDatabase, string subscription) =>
        new(source, sourceDatabase, target, targetDatabase, subscription);

    public static string Subscribe(params string[] tables) =>
        $$"""{ "service": "catalog", "tables": [ {{string.Join(", ", tables.Select(table => $$"""{ "name": "{{table}}" }"""))}} ] }""";

    public async Task StartAsync()
    {
        var options = new CdcOptions { SourceDatabase = SourceDatabase, Targets = [new TargetOptions { Subscription = _subscriptionFile, ConnectionString = Target }] };
        Configure?.Invoke(options);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Source", Source)]).Build();
        _engine = new CdcEngine(
            Options.Create(options), configuration, _services.GetRequiredService<IHttpClientFactory>(),
            new CdcMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()), TimeProvider.System, _services.GetRequiredService<ILoggerFactory>());
        await _engine.StartAsync(TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        if (_engine is not null)
        {
            await _engine.StopAsync(CancellationToken.None);
            _engine.Dispose();
            _engine = null;
        }
    }

    public Task StreamingAsync() => Eventually.TrueAsync(
        () => Task.FromResult(Context.State == CheckpointStore.Streaming), "the target streams", TestContext.Current.CancellationToken);

    /// <summary>Waits until everything that is committed at the source now is in the mirror.</summary>
    public async Task CaughtUpAsync()
    {
        var position = await Engine.Sampler.SampleAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            () => Task.FromResult(Context.State == CheckpointStore.Streaming && Context.Progress.Applied!.HasReached(position)),
            $"applied up to {position}", TestContext.Current.CancellationToken);
    }

    public Task AtSourceAsync(string sql) => ExecuteAsync(Source, sql);

    public Task AtTargetAsync(string sql) => ExecuteAsync(Target, sql);

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Rows of a query, every value as text; bytes as hexadecimal.</summary>
    public static async Task<List<string>> RowsAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand("SET time_zone = '+00:00'; " + sql, connection) { CommandTimeout = 300 };
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            var row = new StringBuilder();
            for (var i = 0; i < reader.FieldCount; i++)
            {
                row.Append(i > 0 ? " | " : "").Append(reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture));
            }

            rows.Add(row.ToString());
        }

        return rows;
    }

    /// <summary>Both sides' rows of a table are the same, column by column, byte by byte.</summary>
    public async Task ShouldMirrorAsync(string table)
    {
        var columns = await RowsAsync(Source, $"SELECT IF(DATA_TYPE = 'vector', CONCAT('HEX(`', COLUMN_NAME, '`)'), CONCAT('IF(`', COLUMN_NAME, '` IS NULL, NULL, HEX(CONCAT(`', COLUMN_NAME, '`)))')) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' ORDER BY ORDINAL_POSITION");
        var values = string.Join(", ", columns);
        var sql = $"SELECT {values} FROM `{table}`";
        var expected = await RowsAsync(Source, sql);
        var found = await RowsAsync(Target, sql);
        var missing = expected.Except(found).Take(5);
        var extra = found.Except(expected).Take(5);
        if (string.Join("; ", missing) + " / " + string.Join("; ", extra) is var difference and not " / ")
        {
            Assert.Fail($"The mirror of {table} lacks / has of its own: {difference}");
        }

        found.Should().HaveCount(expected.Count, "the mirror of {0} has each row once", table);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        File.Delete(_subscriptionFile);
    }
}

/// <summary>The log of a test, shown when it fails.</summary>
internal sealed class TestLog : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
