using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Snapshot;

/// <summary>What a target means for the way a table is copied into it.</summary>
internal sealed class RawTarget(bool isMariaDb, bool takesStreams, Func<TableDefinition, bool> sortsAlike)
{
    /// <summary>Whether ranges of keys are the same rows on both sides.</summary>
    public bool SortsAlike(TableDefinition table) => sortsAlike(table);

    /// <summary>Whether rows can be passed on undecoded: the server must allow LOAD DATA LOCAL, and packets as large as those it comes in.</summary>
    public bool CanHold(TableDefinition table) => takesStreams && RawRows.CanHold(table, isMariaDb);

    // The client streams in packets of 1 MB, whatever the server takes.
    private const long StreamedPacket = 2 * 1024 * 1024;

    public static async Task<RawTarget> OfAsync(MySqlConnection connection, Func<TableDefinition, bool> sortsAlike, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand("SELECT @@GLOBAL.local_infile", connection);
        var takesStreams = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture) == 1
            && await TargetDatabase.MaximumPacketAsync(connection, cancellationToken) >= StreamedPacket;
        return new RawTarget(connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase), takesStreams, sortsAlike);
    }
}
