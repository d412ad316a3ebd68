using MySqlConnector;

namespace Strangler.CdcSync.Apply;

/// <summary>What an error of the target's database means for what was being written.</summary>
internal static class TargetFault
{
    /// <summary>The server took everything back for the sake of others, and the same may succeed at once.</summary>
    public static bool Passes(Exception fault) => fault is MySqlException
    {
        ErrorCode: MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.XARBDeadlock
    } or MySqlException { Number: RecordChanged };

    // MariaDB's innodb_snapshot_isolation: the row was changed since the transaction looked first.
    private const int RecordChanged = 1020;
}
