using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;

namespace Strangler.CdcSync;

/// <summary>How a target gets at its source: the stream of changes, and the database behind it where there is one to ask.</summary>
/// <param name="changes">The stream.</param>
/// <param name="database">The connection string of the database from which tables can be copied, null when there is none.</param>
/// <param name="positions">The end of the database's log, null when there is no database.</param>
internal abstract class SourceAccess(IChangeSource changes, string? database, SourcePositionReader? positions)
{
    public IChangeSource Changes { get; } = changes;

    /// <summary>The database from which tables can be copied; null when the stream alone must do.</summary>
    public string? Database { get; } = database;

    public SourcePositionReader? Positions { get; } = positions;

    /// <summary>Throws one message with everything for which the source cannot be followed.</summary>
    public abstract Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Where the stream must be read from for a first copy that begins now.</summary>
    public abstract Task<(SourcePosition Position, string? Cursor)> BeginAsync(CancellationToken cancellationToken);
}

/// <summary>A server whose log is read.</summary>
internal sealed class LogAccess(string connectionString, IChangeSource changes, SourcePositionReader positions, SourceCheck check) : SourceAccess(changes, connectionString, positions)
{
    public override Task CheckAsync(CancellationToken cancellationToken) => check.ThrowIfUnfitAsync(cancellationToken);

    public override async Task<(SourcePosition Position, string? Cursor)> BeginAsync(CancellationToken cancellationToken) =>
        (await Positions!.ReadWithGtidAsync(cancellationToken), null);
}
