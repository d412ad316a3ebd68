using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Debezium.Topics;

/// <summary>
/// What a CREATE or ALTER TABLE says beyond the columns that the connector itself passes on: collations, secondary indexes, foreign keys. What
/// it does not understand it leaves out.
/// </summary>
internal sealed class TableDdl
{
    private readonly List<SqlToken> _tokens;
    private readonly string _table;
    private int _at;

    private TableDdl(string sql, string table)
    {
        _tokens = SqlTokens.Read(sql);
        _table = table;
    }

    public string? Collation { get; private set; }

    public Dictionary<string, string> ColumnCollations { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<IndexDefinition> Indexes { get; } = [];

    public List<ForeignKey> ForeignKeys { get; } = [];

    /// <summary>Names of foreign keys that the statement removes.</summary>
    public List<string> Dropped { get; } = [];

    public bool IsCreate { get; private set; }

    public static TableDdl Read(string sql, string table)
    {
        var ddl = new TableDdl(sql, table);
        ddl.Read();
        return ddl;
    }

    private void Read()
    {
        IsCreate = Is("CREATE");
        var isAlter = Is("ALTER");
        while (_at < _tokens.Count && !Take("TABLE"))
        {
            _at++;
        }

        if (!IsCreate && !isAlter)
        {
            return;
        }

        while (_at < _tokens.Count && !(IsCreate && Is("(")) && !(isAlter && (Is("ADD") || Is("DROP"))))
        {
            _at++;
        }

        if (IsCreate)
        {
            _at++;
        }

        while (_at < _tokens.Count && !Is(")"))
        {
            ReadPart();
            Take(",");
        }

        // After the columns: the table's own options.
        for (; _at < _tokens.Count; _at++)
        {
            if (Is("COLLATE"))
            {
                _at++;
                Take("=");
                Collation = Next();
            }
        }
    }

    private void ReadPart()
    {
        var end = PartEnd();
        var isDrop = Take("DROP");
        Take("ADD");
        string? name = null;
        if (Take("CONSTRAINT"))
        {
            name = Is("FOREIGN") ? null : Next();
        }

        if (Take("FOREIGN"))
        {
            Take("KEY");
            if (isDrop)
            {
                Dropped.Add(Next());
            }
            else
            {
                name = Is("(") ? name : Next();
                ReadReference(name, Columns().ConvertAll(column => column.Name), end);
            }
        }
        else if (Is("UNIQUE") || Is("KEY") || Is("INDEX"))
        {
            var isUnique = Take("UNIQUE");
            _ = Take("KEY") || Take("INDEX");
            var index = Is("(") || Is("USING") ? name : Next();
            if (!isDrop && _at < end)
            {
                var columns = Columns();
                Indexes.Add(new IndexDefinition(index ?? $"{(isUnique ? "unique" : "key")}_{Indexes.Count + 1}", "BTREE", columns));
            }
        }
        else if (!isDrop && IsColumn())
        {
            Take("COLUMN");
            ReadColumn(Next(), end);
        }

        _at = end;
    }

    private void ReadColumn(string column, int end)
    {
        for (; _at < end; _at++)
        {
            if (Is("COLLATE"))
            {
                _at++;
                ColumnCollations[column] = Next();
                _at--;
            }
            else if (Is("REFERENCES"))
            {
                ReadReference(null, [column], end);
                return;
            }
        }
    }

    private void ReadReference(string? name, List<string> columns, int end)
    {
        if (!Take("REFERENCES"))
        {
            return;
        }

        var parent = Next();
        if (Take("."))
        {
            parent = Next();
        }

        var parents = Is("(") ? Columns().ConvertAll(column => column.Name) : columns;
        var (onDelete, onUpdate) = (ReferentialAction.None, ReferentialAction.None);
        while (_at < end)
        {
            if (!Take("ON"))
            {
                _at++;
                continue;
            }

            var isDelete = Take("DELETE");
            _ = isDelete || Take("UPDATE");
            var action = Take("CASCADE") ? ReferentialAction.Cascade : Take("SET") && Take("NULL") ? ReferentialAction.SetNull : ReferentialAction.None;
            (onDelete, onUpdate) = isDelete ? (action, onUpdate) : (onDelete, action);
        }

        ForeignKeys.Add(new ForeignKey(name ?? $"{_table}_ibfk_{ForeignKeys.Count + 1}", parent, parents, _table, columns, onDelete, onUpdate));
    }

    private List<(string Name, int? Prefix)> Columns()
    {
        var columns = new List<(string, int?)>();
        while (_at < _tokens.Count && !Is("("))
        {
            _at++;
        }

        _at++;
        while (_at < _tokens.Count && !Is(")"))
        {
            var name = Next();
            int? prefix = null;
            if (Take("("))
            {
                prefix = int.TryParse(Next(), out var length) ? length : null;
                Take(")");
            }

            columns.Add((name, prefix));
            while (_at < _tokens.Count && !Is(")") && !Take(","))
            {
                _at++;
            }
        }

        _at++;
        return columns;
    }

    /// <summary>Where this definition ends: at the next comma, or parenthesis, that is not inside of it.</summary>
    private int PartEnd()
    {
        var depth = 0;
        for (var i = _at; i < _tokens.Count; i++)
        {
            if (!_tokens[i].IsQuoted)
            {
                depth += _tokens[i].Text switch { "(" => 1, ")" => -1, _ => 0 };
                if (depth < 0 || (depth == 0 && _tokens[i].Text == ","))
                {
                    return i;
                }
            }
        }

        return _tokens.Count;
    }

    private bool IsColumn() => _at < _tokens.Count && (_tokens[_at].IsQuoted
        || !(Is("PRIMARY") || Is("FULLTEXT") || Is("SPATIAL") || Is("CHECK") || Is("PERIOD") || Is("MODIFY") || Is("CHANGE") || Is("RENAME") || Is("PARTITION")));

    private bool Is(string word) => _at < _tokens.Count && !_tokens[_at].IsQuoted && _tokens[_at].Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool Take(string word)
    {
        var isIt = Is(word);
        _at += isIt ? 1 : 0;
        return isIt;
    }

    private string Next() => _at < _tokens.Count ? _tokens[_at++].Text : "";
}
