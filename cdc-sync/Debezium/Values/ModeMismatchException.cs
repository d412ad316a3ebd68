namespace Strangler.CdcSync.Debezium.Values;

/// <summary>A value is not of the form that a setting promises: the setting is wrong, and reading on would make wrong rows.</summary>
internal sealed class ModeMismatchException(string setting, string value, string what)
    : Exception($"{KafkaOptions.Section}:{setting} is {value}, but {what}: set it as the connector has it.")
{
    public string Setting { get; } = setting;
}
