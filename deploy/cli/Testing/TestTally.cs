using System.Text.Json;

namespace Strangler.Cli.Testing;

internal sealed record FailedTest(string Name, string Message);

/// <summary>Counts what a test program reports: xunit's JSON reporter, one message a line, anything else is the tests' own output.</summary>
internal sealed class TestTally
{
    private readonly Dictionary<string, string> _names = [];

    public int Passed { get; private set; }

    public List<FailedTest> Failed { get; } = [];

    public Dictionary<string, int> SkippedByReason { get; } = [];

    public int Skipped => SkippedByReason.Values.Sum();

    /// <summary>Whether the program came to the end of its tests; one that did not has crashed.</summary>
    public bool Finished { get; private set; }

    /// <summary>The test that was running last; what a crash or a hang is blamed on.</summary>
    public string? Running => _names.Values.LastOrDefault();

    /// <summary>Takes one line of output; false when it is not a message of the reporter.</summary>
    public bool Take(string line)
    {
        var start = line.IndexOf("{\"$type\":\"", StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        JsonElement message;
        try
        {
            using var document = JsonDocument.Parse(line.AsMemory(start));
            message = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return false;
        }

        Count(message);
        return true;
    }

    private void Count(JsonElement message)
    {
        var type = message.GetProperty("$type").GetString() ?? "";
        switch (type)
        {
            case "test-starting":
                _names[Text(message, "TestUniqueID")] = Text(message, "TestDisplayName");
                break;
            case "test-passed":
                Passed++;
                break;
            case "test-failed":
                Failed.Add(new FailedTest(_names.GetValueOrDefault(Text(message, "TestUniqueID"), "(unknown test)"), Fault(message)));
                break;
            case "test-skipped":
                var reason = Text(message, "Reason");
                SkippedByReason[reason] = SkippedByReason.GetValueOrDefault(reason) + 1;
                break;
            case "test-finished":
                _names.Remove(Text(message, "TestUniqueID"));
                break;
            case "test-assembly-finished":
                Finished = true;
                break;
            case "error":
            case var cleanup when cleanup.EndsWith("-cleanup-failure", StringComparison.Ordinal):
                Failed.Add(new FailedTest($"({type})", Fault(message)));
                break;
        }
    }

    private static string Text(JsonElement message, string property) =>
        message.TryGetProperty(property, out var value) ? value.GetString() ?? "" : "";

    // The message of the outermost exception and the lines of our own code: what a person needs to find the place.
    private static string Fault(JsonElement message)
    {
        var lines = Strings(message, "Messages").Take(3).ToList();
        lines.AddRange(Strings(message, "StackTraces").SelectMany(trace => trace.Split('\n'))
            .Where(line => line.Contains(" in /", StringComparison.Ordinal) && !line.Contains(" in /_/", StringComparison.Ordinal)).Take(6));
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Strings(JsonElement message, string property) =>
        message.TryGetProperty(property, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => item.GetString() ?? "")
            : [];
}
