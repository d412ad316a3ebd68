using System.Globalization;

namespace Strangler.Benchmarks;

/// <summary>What every bench takes.</summary>
/// <param name="Json">One object a line instead of a table.</param>
/// <param name="Seconds">Length of one measured run.</param>
/// <param name="Rounds">How often each participant is measured, interleaved.</param>
internal sealed record BenchOptions(bool Json, int Seconds, int Rounds)
{
    public const string Usage = "[--json] [--seconds N] [--rounds N]; cdc also [--rows N] [--debezium]";

    private const int MostRows = 100_000_000;

    /// <summary>Rows of the table that is copied and followed.</summary>
    public int Rows { get; init; } = 1_000_000;

    /// <summary>Whether Debezium's pipeline is measured too, which takes minutes.</summary>
    public bool Debezium { get; init; }

    /// <summary>The options, or null and what is wrong.</summary>
    public static BenchOptions? Parse(ReadOnlySpan<string> arguments, out string? fault)
    {
        var options = new BenchOptions(false, 5, 5);
        fault = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--json")
            {
                options = options with { Json = true };
            }
            else if (arguments[i] == "--debezium")
            {
                options = options with { Debezium = true };
            }
            else if (arguments[i] == "--rows" && i + 1 < arguments.Length && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out var rows) && rows is >= 1000 and <= MostRows)
            {
                options = options with { Rows = rows };
                i++;
            }
            else if (arguments[i] is "--seconds" or "--rounds" && i + 1 < arguments.Length
                && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 600)
            {
                options = arguments[i++] == "--seconds" ? options with { Seconds = number } : options with { Rounds = number };
            }
            else
            {
                fault = $"'{arguments[i]}' is not understood; options are {Usage}; numbers from 1 to 600, rows from 1000";
                return null;
            }
        }

        return options;
    }
}
