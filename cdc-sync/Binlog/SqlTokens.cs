using System.Text;

namespace Strangler.CdcSync.Binlog;

/// <summary>
/// A word, a quoted name or a sign of a statement. String literals are left out, as they name no table; but not those in double quotes,
/// which are names in some sessions.
/// </summary>
internal readonly record struct SqlToken(string Text, bool IsQuoted);

/// <summary>Splits a statement, without comments and string literals; the text of executable comments is part of it.</summary>
internal static class SqlTokens
{
    public static List<SqlToken> Read(string sql)
    {
        var tokens = new List<SqlToken>();
        var at = 0;
        while (at < sql.Length)
        {
            var character = sql[at];
            if (char.IsWhiteSpace(character))
            {
                at++;
            }
            else if (character == '#' || (character == '-' && sql.AsSpan(at).StartsWith("-- ", StringComparison.Ordinal)))
            {
                at = After(sql, '\n', at);
            }
            else if (sql.AsSpan(at).StartsWith("/*", StringComparison.Ordinal))
            {
                at = SkipComment(sql, at);
            }
            else if (sql.AsSpan(at).StartsWith("*/", StringComparison.Ordinal))
            {
                at += 2;
            }
            else if (character is '\'' or '"')
            {
                var after = SkipString(sql, at);
                if (character == '"' && after - at > 2)
                {
                    tokens.Add(new SqlToken(sql[(at + 1)..(after - 1)], true));
                }

                at = after;
            }
            else if (character == '`')
            {
                at = ReadQuoted(sql, at, tokens);
            }
            else
            {
                var end = at;
                while (end < sql.Length && (char.IsLetterOrDigit(sql[end]) || sql[end] is '_' or '$' or >= '\u0080'))
                {
                    end++;
                }

                end = Math.Max(end, at + 1);
                tokens.Add(new SqlToken(sql[at..end], false));
                at = end;
            }
        }

        return tokens;
    }

    private static int After(string sql, char end, int from)
    {
        var found = sql.IndexOf(end, from);
        return found < 0 ? sql.Length : found + 1;
    }

    private static int SkipComment(string sql, int at)
    {
        var executable = at + 2;
        executable += executable < sql.Length && sql[executable] == 'M' ? 1 : 0;
        if (executable < sql.Length && sql[executable] == '!')
        {
            executable++;
            while (executable < sql.Length && char.IsAsciiDigit(sql[executable]))
            {
                executable++;
            }

            return executable;
        }

        var end = sql.IndexOf("*/", at + 2, StringComparison.Ordinal);
        return end < 0 ? sql.Length : end + 2;
    }

    private static int SkipString(string sql, int at)
    {
        var quote = sql[at];
        for (var i = at + 1; i < sql.Length; i++)
        {
            if (sql[i] == '\\')
            {
                i++;
            }
            else if (sql[i] == quote)
            {
                return i + 1;
            }
        }

        return sql.Length;
    }

    private static int ReadQuoted(string sql, int at, List<SqlToken> tokens)
    {
        var name = new StringBuilder();
        for (var i = at + 1; i < sql.Length; i++)
        {
            if (sql[i] != '`')
            {
                name.Append(sql[i]);
            }
            else if (i + 1 < sql.Length && sql[i + 1] == '`')
            {
                name.Append('`');
                i++;
            }
            else
            {
                tokens.Add(new SqlToken(name.ToString(), true));
                return i + 1;
            }
        }

        return sql.Length;
    }
}
