using System.Text.Json;

namespace Strangler.Cli.Tests.Doctor;

public class DoctorTests(Servers servers)
{
    [Fact]
    public async Task MariaDb_ThatIsFit_Passes()
    {
        var server = await servers.MariaDbAsync();

        var checks = await ChecksAsync($"mysql://reader:reader@127.0.0.1:{server.Port}/magento", exitCode: 0);

        checks.Should().NotContainValue("fail");
        checks.Should().Contain(new Dictionary<string, string>
        {
            ["mysql.answers"] = "pass",
            ["mysql.grants"] = "pass",
            ["mysql.log_bin"] = "pass",
            ["mysql.binlog_format"] = "pass",
            ["mysql.binlog_row_image"] = "pass",
            ["mysql.binlog_row_metadata"] = "pass",
            ["mysql.retention"] = "pass",
            ["mysql.gtid"] = "pass",
            ["mysql.binlog_filter"] = "pass",
            ["mysql.tables"] = "pass",
            ["mysql.primary_keys"] = "warn",
            ["mysql.triggers"] = "warn",
            ["mysql.modules"] = "warn",
            ["clocks"] = "pass",
        });
    }

    [Fact]
    public async Task MySql_ThatIsFit_Passes()
    {
        var server = await servers.MySqlAsync();

        var checks = await ChecksAsync($"mysql://reader:reader@127.0.0.1:{server.Port}/magento", exitCode: 0);

        checks.Should().NotContainValue("fail");
        checks.Should().Contain(new Dictionary<string, string>
        {
            ["mysql.grants"] = "pass",
            ["mysql.log_bin"] = "pass",
            ["mysql.binlog_format"] = "pass",
            ["mysql.binlog_row_image"] = "pass",
            ["mysql.gtid"] = "pass",
            ["mysql.binlog_filter"] = "pass",
            ["mysql.tables"] = "pass",
            ["clocks"] = "pass",
        });
    }

    [Fact]
    public async Task UserWithoutTheLog_Fails_WithTheGrant()
    {
        var server = await servers.MariaDbAsync();

        var run = await Cli.RunAsync("doctor", "--mysql", $"mysql://stranger:stranger@127.0.0.1:{server.Port}/magento");

        run.ExitCode.Should().Be(1);
        run.Output.Should().MatchRegex(@"FAIL\s+mysql\.grants .*mend: GRANT REPLICATION SLAVE ON \*\.\* TO 'stranger'@'%'; GRANT BINLOG MONITOR");
    }

    [Theory]
    [InlineData("binlog_format", "MIXED", "ROW")]
    [InlineData("binlog_row_image", "MINIMAL", "FULL")]
    [InlineData("binlog_expire_logs_seconds", "3600", "604800")]
    public async Task WrongSetting_IsNamed_WithTheStatementThatMends(string variable, string wrong, string right)
    {
        await using var server = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken, $"--{variable.Replace('_', '-')}={wrong}");
        await server.ExecuteAsync(null, "CREATE DATABASE magento", TestContext.Current.CancellationToken);

        var run = await Cli.RunAsync("doctor", "--mysql", $"mysql://root@127.0.0.1:{server.Port}/magento");

        run.ExitCode.Should().Be(1);
        run.Output.Split('\n').Should().Contain(line => line.StartsWith("FAIL") && line.Contains($"{variable} = ") && line.Contains(right));
    }

    [Fact]
    public async Task NoBinaryLog_Fails()
    {
        await using var server = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken, "--skip-log-bin");
        await server.ExecuteAsync(null, "CREATE DATABASE magento", TestContext.Current.CancellationToken);

        var run = await Cli.RunAsync("doctor", "--mysql", $"mysql://root@127.0.0.1:{server.Port}/magento");

        run.Output.Should().MatchRegex(@"FAIL\s+mysql\.log_bin .*mend:").And.MatchRegex(@"FAIL\s+mysql\.tables");
    }

    [Fact]
    public async Task WrongPassword_AndNobodyThere_Fail()
    {
        var server = await servers.MariaDbAsync();

        (await Cli.RunAsync("doctor", "--mysql", $"mysql://reader:wrong@127.0.0.1:{server.Port}/magento")).Output.Should().MatchRegex(@"FAIL\s+mysql\.answers .*Access denied");
        (await Cli.RunAsync("doctor", "--mysql", $"mysql://reader:x@127.0.0.1:{FreePort.Next()}/magento")).Output.Should().MatchRegex(@"FAIL\s+mysql\.answers");
    }

    [Fact]
    public async Task Store_TellsVersionAndModules()
    {
        await using var store = await FakeServer.StartAsync(request => request.Path.Value switch
        {
            "/magento_version" => (200, "text/plain", "Magento/2.4 (Community)"),
            "/rest/V1/modules" => request.Headers.Authorization == "Bearer good" ? (200, "application/json", """["Magento_Store","Magento_Catalog"]""") : (401, "application/json", """{"message":"no"}"""),
            _ => (200, "text/html", "<html>"),
        });

        var fit = await Cli.RunAsync("doctor", "--store", store.Url, "--token", "good");
        var refused = await Cli.RunAsync("doctor", "--store", store.Url, "--token", "bad");

        fit.ExitCode.Should().Be(0);
        fit.Output.Should().MatchRegex(@"pass\s+store\.answers").And.MatchRegex(@"pass\s+store\.version\s+Magento/2\.4 \(Community\)").And.MatchRegex(@"pass\s+store\.modules\s+2 modules").And.MatchRegex(@"pass\s+clocks");
        refused.ExitCode.Should().Be(1);
        refused.Output.Should().MatchRegex(@"FAIL\s+store\.modules .*mend:");
    }

    [Theory]
    [InlineData(503, "FAIL", "maintenance:disable")]
    [InlineData(500, "FAIL", "answers 500")]
    [InlineData(302, "warn", "redirects")]
    public async Task Store_InTrouble_IsSaidSo(int status, string word, string text)
    {
        await using var store = await FakeServer.StartAsync(status, "<html>", "text/html");

        (await Cli.RunAsync("doctor", "--store", store.Url)).Output.Should().MatchRegex($@"{word}\s+store\.answers .*{text}");
    }

    [Fact]
    public async Task Kafka_ThatIsNotThere_Fails()
    {
        var run = await Cli.RunAsync("doctor", "--kafka", $"127.0.0.1:{FreePort.Next()}");

        run.ExitCode.Should().Be(1);
        run.Output.Should().MatchRegex(@"FAIL\s+kafka\.answers");
    }

    [Fact]
    public async Task NothingNamed_AndNothingUp_SaysWhatToName()
    {
        using var clone = new EmptyClone();

        var run = await Cli.RunAsync([], ["doctor"], clone.Root);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("--mysql");
    }

    private static async Task<Dictionary<string, string>> ChecksAsync(string dsn, int exitCode)
    {
        var run = await Cli.RunAsync("doctor", "--mysql", dsn, "--json");

        run.ExitCode.Should().Be(exitCode, run.Output);
        using var report = JsonDocument.Parse(run.Output);
        return report.RootElement.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("outcome").GetString()!);
    }
}
