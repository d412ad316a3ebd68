using System.Text;
using MySqlConnector;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// Sends the statements of one transaction, several in a packet, so that a small batch is one round trip; the next ones are built while the
/// server works on the last. The transaction begins with the first statement. Not safe for several threads.
/// </summary>
internal sealed class StatementSender(MySqlConnection connection, int maximumLength, bool isStrict = false)
{
    // Enough to keep the server at work until the next is built.
    private const int EagerLength = 64 * 1024;

    private readonly StringBuilder _waiting = new();
    private Task _sending = Task.CompletedTask;

    /// <summary>Whether anything was written, so that there is something to commit.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether the server has nothing to do.</summary>
    public bool IsIdle => _sending.IsCompleted;

    public async ValueTask AddAsync(string statement, CancellationToken cancellationToken)
    {
        await MakeRoomAsync(statement.Length, cancellationToken);
        _waiting.Append(statement);
        await AddedAsync(cancellationToken);
    }

    public async ValueTask AddAsync(StringBuilder statement, CancellationToken cancellationToken)
    {
        await MakeRoomAsync(statement.Length, cancellationToken);
        _waiting.Append(statement);
        await AddedAsync(cancellationToken);
    }

    /// <summary>Everything added so far is done; the connection is free for others.</summary>
    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        Begin();
        await SendAsync(cancellationToken);
        await _sending;
    }

    /// <summary>Sends what is left together with a last question, and gives its answer.</summary>
    public async Task<object?> AskAsync(string question, CancellationToken cancellationToken)
    {
        await _sending;
        Begin();
        var sql = _waiting.Append(question).ToString();
        _waiting.Clear();
#pragma warning disable CA2100 // Statements are built from quoted names and literals by SqlLiteral.
        await using var command = new MySqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await DrainAsync(cancellationToken);
        await TargetDatabase.ExecuteAsync(connection, isStrict ? "COMMIT; SET SESSION sql_mode = ''" : "COMMIT", cancellationToken);
        HasBegun = false;
    }

    /// <summary>Takes back everything, whatever has failed; what the server says to it does not matter, its cut connection has done the same.</summary>
    public async Task RollbackAsync()
    {
        await _sending.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _waiting.Clear();
        if (HasBegun && connection.State == System.Data.ConnectionState.Open)
        {
            try
            {
                await TargetDatabase.ExecuteAsync(connection, isStrict ? "ROLLBACK; SET SESSION sql_mode = ''" : "ROLLBACK", CancellationToken.None);
            }
            catch (MySqlException)
            {
                // The connection is gone, and the transaction with it.
            }
        }

        HasBegun = false;
        _sending = Task.CompletedTask;
    }

    private async ValueTask MakeRoomAsync(int length, CancellationToken cancellationToken)
    {
        if (_waiting.Length > 0 && _waiting.Length + length > maximumLength)
        {
            await SendAsync(cancellationToken);
        }

        Begin();
    }

    private ValueTask AddedAsync(CancellationToken cancellationToken)
    {
        _waiting.Append(";\n");
        return _waiting.Length >= EagerLength && IsIdle ? SendAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    private void Begin()
    {
        if (!HasBegun)
        {
            HasBegun = true;
            _waiting.Append(isStrict ? $"SET SESSION sql_mode = '{TargetDatabase.StrictMode}'; START TRANSACTION;\n" : "START TRANSACTION;\n");
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _sending;
        if (_waiting.Length == 0)
        {
            return;
        }

        var sql = _waiting.ToString();
        _waiting.Clear();
        // Off this thread from the first byte on: it goes on building.
        _sending = Task.Run(() => TargetDatabase.ExecuteAsync(connection, sql, cancellationToken), cancellationToken);
    }
}
