using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Invalidation;

/// <summary>The stream of a real process, as a cache would listen to it.</summary>
public sealed class InvalidationProcessTests(SharedServers servers)
{
    private const string Schema = "CREATE TABLE product (id int PRIMARY KEY, name varchar(20)) ENGINE=InnoDB; INSERT INTO product VALUES (1, 'a'), (2, 'b')";

    private const string Subscription = """{ "service": "catalog", "tables": [ { "name": "product", "dirty": [ { "entity": "product", "column": "id" } ] } ] }""";

    private const string Project = "REPLACE INTO projection_checkpoint SELECT 'p', sequence, position, NOW(6) FROM cdc_checkpoint";

    private const string All = """[{"entity":"all","key":"*"}]""";

    [Fact]
    public async Task An_edit_is_told_when_applied_and_when_projected_and_after_a_restart_everything_is()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.AtTargetAsync("CREATE TABLE projection_checkpoint (name varchar(64) PRIMARY KEY, sequence bigint, position json, projected_at datetime(6))");
        await using var process = await CdcProcess.StartAsync(sync, new KeyValuePair<string, string>("Cdc__Invalidation__HeartbeatSeconds", "0.2"));
        await process.ReadyAsync();
        await sync.AtTargetAsync(Project);

        string last;
        await using (var listener = await Listener.OpenAsync(process.Client, null))
        {
            (await listener.NextAsync("ready")).Should().NotBeNull();
            await sync.AtSourceAsync("UPDATE product SET name = 'edited' WHERE id = 2");
            await listener.ToldAsync("applied", """[{"entity":"product","key":"2"}]""");
            (await TestSync.RowsAsync(sync.Target, "SELECT name FROM product WHERE id = 2")).Should().Equal(["edited"], "what is told is visible");
            await sync.AtTargetAsync(Project);
            await listener.ToldAsync("projected", """[{"entity":"product","key":"2"}]""");
            await listener.NextAsync("heartbeat");
            last = listener.LastId!;
        }

        await sync.AtSourceAsync("UPDATE product SET name = 'while away' WHERE id = 1");
        await using (var listener = await Listener.OpenAsync(process.Client, last))
        {
            await listener.ToldAsync("applied", """[{"entity":"product","key":"1"}]""");
        }

        await process.CrashAndRestartAsync();
        await process.ReadyAsync();
        await using (var listener = await Listener.OpenAsync(process.Client, last))
        {
            await listener.ToldAsync("applied", All);
            await sync.AtTargetAsync(Project);
            await listener.ToldAsync("projected", All);
        }
    }

    private sealed class Listener(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
    {
        public string? LastId { get; private set; }

        public static async Task<Listener> OpenAsync(HttpClient client, string? lastId)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/invalidations");
            if (lastId is not null)
            {
                request.Headers.Add("Last-Event-ID", lastId);
            }

            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
            var parser = SseParser.Create(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            return new Listener(response, parser.EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken));
        }

        public async Task<string> NextAsync(string type)
        {
            while (await items.MoveNextAsync().AsTask().WaitAsync(Eventually.Limit, TimeProvider.System, TestContext.Current.CancellationToken))
            {
                LastId = items.Current.EventId ?? LastId;
                if (items.Current.EventType == type)
                {
                    return items.Current.Data;
                }
            }

            throw new InvalidOperationException("The stream ended.");
        }

        /// <summary>The next event of a stage names these keys. What a process says of everything when its beginning is projected may come before.</summary>
        public async Task ToldAsync(string stage, string keys)
        {
            while (true)
            {
                var change = JsonNode.Parse(await NextAsync("invalidation"))!;
                if (change["stage"]!.GetValue<string>() == stage && (keys == All || change["keys"]!.ToJsonString() != All))
                {
                    change["keys"]!.ToJsonString().Should().Be(keys);
                    change["service"]!.GetValue<string>().Should().Be("catalog");
                    change["position"]!["file"]!.GetValue<string>().Should().NotBeEmpty();
                    return;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            try
            {
                await items.DisposeAsync();
            }
            catch (IOException)
            {
                // The connection is gone by design.
            }
        }
    }
}
