using MySqlConnector;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Databases;

/// <summary>A database as people write it: <c>mysql://user:password@host:3306/magento</c>, or a connection string.</summary>
internal static class Dsn
{
    private const int DefaultPort = 3306;

    public static MySqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var builder = text.Contains("://", StringComparison.Ordinal) ? FromUri(text) : new MySqlConnectionStringBuilder(text);
            if (builder.Database.Length == 0)
            {
                throw new CliFault("--mysql names no database; write mysql://user:password@host:3306/magento");
            }

            builder.AllowPublicKeyRetrieval = true;
            builder.AllowZeroDateTime = true;
            builder.AllowUserVariables = true;
            return builder;
        }
        catch (ArgumentException fault)
        {
            throw new CliFault($"--mysql is not a database address: {fault.Message} Write mysql://user:password@host:3306/magento", fault);
        }
    }

    /// <summary>For a person to read: never the password.</summary>
    public static string Describe(MySqlConnectionStringBuilder dsn) => $"{dsn.UserID}@{dsn.Server}:{dsn.Port}/{dsn.Database}";

    private static MySqlConnectionStringBuilder FromUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("mysql" or "mariadb") || uri.Host.Length == 0)
        {
            throw new CliFault("--mysql is not a database address; write mysql://user:password@host:3306/magento");
        }

        var user = uri.UserInfo.Split(':', 2);
        var builder = new MySqlConnectionStringBuilder
        {
            Server = uri.Host.Trim('[', ']'),
            Port = (uint)(uri.Port > 0 ? uri.Port : DefaultPort),
            UserID = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "",
            Database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/')),
        };
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            builder[Uri.UnescapeDataString(parts[0])] = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
        }

        return builder;
    }
}
