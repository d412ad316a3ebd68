using MySqlConnector;

namespace Strangler.Cli.Doctor;

/// <summary>What doctor is to look at; each part alone or together.</summary>
/// <param name="Token">An integration's token, to ask the store for its modules.</param>
/// <param name="TopicPrefix">The connector's <c>topic.prefix</c>; null looks for topics of any prefix.</param>
internal sealed record DoctorSettings(Uri? Store, string? Token, MySqlConnectionStringBuilder? Mysql, string? Kafka, string? TopicPrefix)
{
    public string Database => Mysql?.Database ?? "magento";
}
