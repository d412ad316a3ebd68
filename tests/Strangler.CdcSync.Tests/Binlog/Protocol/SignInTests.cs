using MySqlConnector;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog.Protocol;

public sealed class SignInTests(SharedServers servers)
{
    [Theory]
    [InlineData(MySqlSslMode.Disabled)]
    [InlineData(MySqlSslMode.Required)]
    public async Task Caching_sha2_password_signs_in_first_in_full_and_then_fast(MySqlSslMode mode)
    {
        var server = await servers.MySqlAsync(TestContext.Current.CancellationToken);
        var user = SharedServers.NewDatabase("user");
        await server.ExecuteAsync(null, $"CREATE USER '{user}'@'%' IDENTIFIED BY 'pässword'", TestContext.Current.CancellationToken);
        var settings = new MySqlConnectionStringBuilder(server.ConnectionString(null)) { UserID = user, Password = "pässword", SslMode = mode };
        for (var i = 0; i < 2; i++)
        {
            await using var connection = await ServerConnection.OpenAsync(settings, TestContext.Current.CancellationToken);
            (await connection.ScalarAsync("SELECT CURRENT_USER()", TestContext.Current.CancellationToken)).Should().Be($"{user}@%");
        }
    }

    [Fact]
    public async Task Native_password_signs_in_and_a_wrong_one_does_not()
    {
        var server = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        var user = SharedServers.NewDatabase("user");
        await server.ExecuteAsync(null, $"CREATE USER '{user}'@'%' IDENTIFIED BY 'secret'", TestContext.Current.CancellationToken);
        var settings = new MySqlConnectionStringBuilder(server.ConnectionString(null)) { UserID = user, Password = "secret" };
        await using (var connection = await ServerConnection.OpenAsync(settings, TestContext.Current.CancellationToken))
        {
            (await connection.ScalarAsync("SELECT 'é'", TestContext.Current.CancellationToken)).Should().Be("é");
        }

        settings.Password = "wrong";
        await FluentActions.Awaiting(() => ServerConnection.OpenAsync(settings, TestContext.Current.CancellationToken)).Should().ThrowAsync<ServerException>().WithMessage("*Access denied*");
    }

    [Fact]
    public async Task A_user_without_grants_is_told_the_statement_that_mends_it()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, "CREATE TABLE item (id int PRIMARY KEY)", TestSync.Subscribe("item"));
        var user = SharedServers.NewDatabase("user");
        await sync.AtSourceAsync($"CREATE USER '{user}'@'%'; GRANT SELECT ON {sync.SourceDatabase}.* TO '{user}'@'%'");
        var settings = new MySqlConnectionStringBuilder(sync.Source) { UserID = user };
        var check = new SourceCheck(settings.ConnectionString, sync.SourceDatabase);
        await FluentActions.Awaiting(() => check.ThrowIfUnfitAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<InvalidDataException>().WithMessage($"*GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO '{user}'@'%'*");
        await sync.AtSourceAsync($"GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO '{user}'@'%'");
        await check.ThrowIfUnfitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Tagged_GTIDs_and_events_over_16_MB_are_followed_across_a_restart()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, "CREATE TABLE item (id int PRIMARY KEY, b longblob)", TestSync.Subscribe("item"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("SET gtid_next = 'AUTOMATIC:shop'; INSERT INTO item VALUES (1, 'tagged')");
        await sync.CaughtUpAsync();
        sync.Context.Progress.Applied!.Gtid.Should().Contain(":shop:");
        await sync.StopAsync();
        await sync.AtSourceAsync("INSERT INTO item VALUES (2, REPEAT('x', 17 * 1024 * 1024))");
        await sync.StartAsync();
        await sync.CaughtUpAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT id, LENGTH(b) FROM item ORDER BY id")).Should().Equal("1 | 6", "2 | 17825792");
    }
}
