using MySqlConnector;
using Strangler.CdcSync.Apply;

namespace Strangler.CdcSync.DeadLetters;

/// <summary>Tells errors that belong to one row, and come again with it, from those that belong to the server and pass.</summary>
internal static class RowFault
{
    // Errors of rows that bear no state of their own class: data truncated, no default, bad JSON, bad geometry, bad character, a check that fails.
    private static readonly HashSet<int> Numbers = [1265, 1364, 1366, 1411, 1416, 3140, 3141, 3147, 3156, 3819, 4025, 4078];

    /// <summary>Data exceptions (22), broken constraints (23), what a trigger signals (45), and the like.</summary>
    public static bool Is(Exception fault) => fault is StatementTooLargeException
        || (fault is MySqlException refusal && (Numbers.Contains(refusal.Number) || refusal.SqlState is ['2', '2' or '3', ..] or ['4', '5', ..] || IsTooLarge(refusal)));

    /// <summary>Values that do not fit by the strict rules; the server itself may have such, as an ENUM's empty value.</summary>
    public static bool IsOfStrictness(Exception fault) => fault is MySqlException { Number: 1265 or 1364 or 1366 } or MySqlException { SqlState: ['2', '2', ..] };

    private static bool IsTooLarge(MySqlException fault) => fault.ErrorCode == MySqlErrorCode.TooBigRowSize;
}

/// <summary>A row of a table that may not be without any was refused by the target.</summary>
internal sealed class RowRefusedException(string message, Exception? inner) : Exception(message, inner);
