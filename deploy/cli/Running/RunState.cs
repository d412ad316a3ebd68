using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Running;

/// <summary>A process that <c>up</c> has started.</summary>
/// <param name="Ready">The address that tells whether it is ready; null for the database.</param>
internal sealed record RunningProcess(string Name, string Address, string? Ready, int Pid, long StartTicks, string Log)
{
    [JsonIgnore]
    public ProcessIdentity Identity => new(Pid, StartTicks);
}

/// <summary>What runs from this clone: <c>.run/state.json</c>.</summary>
internal sealed record RunState(DateTimeOffset StartedAt, Ports Ports, string Magento, bool Demo, IReadOnlyList<RunningProcess> Processes)
{
    /// <summary>Set by <c>down</c> before it ends the processes, so that an <c>up</c> that follows them does not take it for a crash.</summary>
    public bool Stopping { get; init; }

    public string StorefrontUrl => $"http://127.0.0.1:{Ports.Storefront}/";

    public string ControlUrl => $"http://127.0.0.1:{Ports.Control}/";

    public string CdcSyncUrl => $"http://127.0.0.1:{Ports.CdcSync}/";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(RunSecrets))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>Reads and writes the state; never half.</summary>
internal sealed class RunStateStore(RepositoryLayout repository)
{
    private string StateFile => Path.Combine(repository.RunFolder, "state.json");

    /// <summary>The mark in the environment of everything that was started from this clone.</summary>
    public string Mark => $"up-{repository.RunFolder}";

    /// <summary>The state, or null when nothing was started; a file that cannot be read is a fault that names the way out.</summary>
    public RunState? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(StateFile), RunJson.Default.RunState) ?? throw new JsonException("it is empty");
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException fault)
        {
            throw new CliFault($"{StateFile} is damaged ({fault.Message.Split('.')[0]}). Run ./strangler down: it ends what still runs from here and clears it.", fault);
        }
    }

    /// <summary>For <c>down</c>, which must work also on a damaged state.</summary>
    public RunState? TryRead()
    {
        try
        {
            return Read();
        }
        catch (CliFault)
        {
            return null;
        }
    }

    public void Write(RunState state)
    {
        Directory.CreateDirectory(repository.RunFolder);
        var draft = $"{StateFile}.new";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(state, RunJson.Default.RunState));
        File.Move(draft, StateFile, overwrite: true);
    }

    public void Clear() => File.Delete(StateFile);

    /// <summary>Held by the one <c>up</c> or <c>down</c> that changes what runs; a second one is told so.</summary>
    public IDisposable Lock()
    {
        try
        {
            Directory.CreateDirectory(repository.RunFolder);
            return new FileStream(Path.Combine(repository.RunFolder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new CliFault($"{repository.RunFolder} cannot be written ({fault.Message}); is the clone yours?", fault);
        }
        catch (IOException fault)
        {
            throw new CliFault("Another ./strangler up or down is at work in this clone; wait for it.", fault);
        }
    }
}
