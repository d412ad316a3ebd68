using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog;

/// <summary>
/// Which tables a logged statement touches as a whole, and how. It reads no more of SQL than that: the definition itself is asked of the
/// source, so that nothing depends on understanding every clause of every server.
/// </summary>
internal static class DdlStatement
{
    private static readonly HashSet<string> Dml = new(["INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "CALL"], StringComparer.OrdinalIgnoreCase);

    /// <param name="defaultDatabase">Where names without a database are looked for.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="isWanted">Whose changes matter.</param>
    /// <param name="known">All tables that matter, for statements that name none.</param>
    public static List<Change> Read(string defaultDatabase, string sql, Func<TableName, bool> isWanted, IEnumerable<TableName>? known = null)
    {
        var tokens = SqlTokens.Read(sql);
        if (tokens.Count > 2 && tokens[0].Text.Equals("SET", StringComparison.OrdinalIgnoreCase) && tokens[1].Text.Equals("STATEMENT", StringComparison.OrdinalIgnoreCase))
        {
            // MariaDB: SET STATEMENT variable = value FOR statement.
            tokens.RemoveRange(0, tokens.FindIndex(token => !token.IsQuoted && token.Text.Equals("FOR", StringComparison.OrdinalIgnoreCase)) + 1);
        }

        var changes = new List<Change>();
        if (tokens.Count == 0)
        {
            return changes;
        }

        var reader = new Reader(tokens, defaultDatabase);
        if (Dml.Contains(tokens[0].Text))
        {
            ReadDml(reader, changes, sql, isWanted);
            return changes;
        }

        switch (reader.Word())
        {
            case "SELECT" or "DO" when !tokens.Exists(token => token.Text.ToUpperInvariant() is "NEXT" or "NEXTVAL" or "SETVAL"):
                // Logged at all because a function that it calls changes rows; which, only the function knows.
                changes.AddRange((known ?? []).Select(table => new TableChange(table, TableEvent.ChangedByStatement, sql)));
                break;
            case "TRUNCATE":
                reader.Optional("TABLE");
                Add(reader.Table(), TableEvent.Truncated);
                break;
            case "CREATE":
                ReadCreate(reader, Add);
                break;
            case "ALTER":
                ReadAlter(reader, Add, Rename);
                break;
            case "DROP" when reader.Optional("DATABASE") || reader.Optional("SCHEMA"):
                reader.IfExists();
                var database = reader.Word(asWritten: true);
                foreach (var table in (known ?? []).Where(table => table.Database == database))
                {
                    Add(table, TableEvent.Replaced);
                }

                break;
            case "DROP":
                ReadDrop(reader, Add);
                break;
            case "RENAME" when reader.Optional("TABLE") || reader.Optional("TABLES"):
                Rename(ReadRename(reader));
                break;
        }

        return changes;

        void Add(TableName? table, TableEvent what)
        {
            if (table is { } name && isWanted(name) && !changes.Exists(change => change is TableChange known && known.Table == name && known.What == what))
            {
                changes.Add(new TableChange(name, what, sql));
            }
        }

        // Steps between names that nobody wants count too: a wanted table may pass through them.
        void Rename(List<TableRename> steps)
        {
            if (steps.Exists(step => isWanted(step.From) || isWanted(step.To)))
            {
                changes.Add(new TablesRenamed(steps, sql));
            }
        }
    }

    private static void ReadCreate(Reader reader, Action<TableName?, TableEvent> add)
    {
        var replaces = reader.Optional("OR") && reader.Optional("REPLACE");
        if (reader.Optional("TABLE"))
        {
            reader.IfExists();
            add(reader.Table(), TableEvent.Replaced);
            return;
        }

        if (!replaces && (reader.Optional("UNIQUE") | reader.Optional("FULLTEXT") | reader.Optional("SPATIAL") | reader.Optional("INDEX")))
        {
            reader.Until("ON");
            add(reader.Table(), TableEvent.DefinitionChanged);
        }
    }

    private static List<TableRename> ReadRename(Reader reader)
    {
        reader.IfExists();
        var steps = new List<TableRename>();
        do
        {
            var from = reader.Table();
            reader.Until("TO");
            if (from is { } old && reader.Table() is { } renamed)
            {
                steps.Add(new TableRename(old, renamed));
            }
        }
        while (reader.Optional(","));
        return steps;
    }

    private static void ReadAlter(Reader reader, Action<TableName?, TableEvent> add, Action<List<TableRename>> rename)
    {
        reader.Optional("ONLINE");
        reader.Optional("IGNORE");
        if (!reader.Optional("TABLE"))
        {
            return;
        }

        reader.IfExists();
        var table = reader.Table();
        add(table, TableEvent.DefinitionChanged);
        while (reader.MoveTo("RENAME"))
        {
            if (reader.Optional("COLUMN") || reader.Optional("INDEX") || reader.Optional("KEY"))
            {
                continue;
            }

            _ = reader.Optional("TO") || reader.Optional("AS") || reader.Optional("=");
            if (table is { } old && reader.Table() is { } renamed)
            {
                rename([new TableRename(old, renamed)]);
            }
        }

        // A partition that is emptied or exchanged takes rows with it that nobody logs.
        reader.Rewind();
        if (reader.MoveTo("PARTITION"))
        {
            add(table, TableEvent.Replaced);
            if (reader.MoveTo("WITH") && reader.Optional("TABLE"))
            {
                add(reader.Table(), TableEvent.Replaced);
            }
        }

        reader.Rewind();
        if (reader.MoveTo("TABLESPACE") && (reader.IsPrevious("IMPORT") || reader.IsPrevious("DISCARD")))
        {
            add(table, TableEvent.Replaced);
        }
    }

    private static void ReadDrop(Reader reader, Action<TableName?, TableEvent> add)
    {
        if (reader.Optional("TABLE") || reader.Optional("TABLES"))
        {
            reader.IfExists();
            do
            {
                add(reader.Table(), TableEvent.Replaced);
            }
            while (reader.Optional(","));
        }
        else if (reader.Optional("INDEX"))
        {
            reader.Until("ON");
            add(reader.Table(), TableEvent.DefinitionChanged);
        }
    }

    // A statement may name tables anywhere, so every name in it counts.
    private static void ReadDml(Reader reader, List<Change> changes, string sql, Func<TableName, bool> isWanted)
    {
        foreach (var table in reader.AllNames())
        {
            if (isWanted(table) && !changes.Exists(change => change.Table == table))
            {
                changes.Add(new TableChange(table, TableEvent.ChangedByStatement, sql));
            }
        }
    }

    private sealed class Reader(List<SqlToken> tokens, string defaultDatabase)
    {
        private int _next;

        public string Word(bool asWritten = false) => _next >= tokens.Count ? ""
            : asWritten ? tokens[_next++].Text
            : tokens[_next++].Text.ToUpperInvariant();

        /// <summary>Whether a word stands before the one just passed.</summary>
        public bool IsPrevious(string word) => _next >= 2 && tokens[_next - 2].Text.Equals(word, StringComparison.OrdinalIgnoreCase);

        public void Rewind() => _next = 0;

        public bool Optional(string word)
        {
            if (_next >= tokens.Count || tokens[_next].IsQuoted || !tokens[_next].Text.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            _next++;
            return true;
        }

        public void IfExists()
        {
            if (Optional("IF"))
            {
                Optional("NOT");
                Optional("EXISTS");
            }
        }

        public void Until(string word)
        {
            while (_next < tokens.Count && !Optional(word))
            {
                _next++;
            }
        }

        public bool MoveTo(string word)
        {
            while (_next < tokens.Count)
            {
                if (Optional(word))
                {
                    return true;
                }

                _next++;
            }

            return false;
        }

        public TableName? Table()
        {
            if (_next >= tokens.Count)
            {
                return null;
            }

            var name = tokens[_next++].Text;
            return Optional(".") && _next < tokens.Count ? new TableName(name, tokens[_next++].Text) : new TableName(defaultDatabase, name);
        }

        public IEnumerable<TableName> AllNames()
        {
            for (_next = 0; _next < tokens.Count;)
            {
                if (Table() is { } table)
                {
                    yield return table;
                }
            }
        }
    }
}
