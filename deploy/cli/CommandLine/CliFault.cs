namespace Strangler.Cli.CommandLine;

/// <summary>Something a person must know and mend. Its message is all they see; the exit code is 1.</summary>
internal sealed class CliFault : Exception
{
    public CliFault(string message)
        : base(message)
    {
    }

    public CliFault(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
