using System.Security.Cryptography;
using System.Text.Json;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Running;

/// <summary>What only this clone knows: made at the first start, kept in <c>.run/secrets.json</c>, readable by its owner alone.</summary>
internal sealed record RunSecrets(string DatabaseRootPassword, string CryptKey, string ControlKey)
{
    public static RunSecrets ReadOrCreate(RepositoryLayout repository)
    {
        var file = FileIn(repository);
        if (TryRead(repository) is { } secrets)
        {
            return secrets;
        }

        secrets = new RunSecrets(Random(), Random(), Random());
        Directory.CreateDirectory(repository.RunFolder);
        PrivateFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(secrets, RunJson.Default.RunSecrets));
        return secrets;
    }

    public static RunSecrets? TryRead(RepositoryLayout repository)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(FileIn(repository)), RunJson.Default.RunSecrets) is
            { DatabaseRootPassword.Length: > 0, CryptKey.Length: > 0, ControlKey.Length: > 0 } secrets ? secrets : null;
        }
        catch (Exception fault) when (fault is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string FileIn(RepositoryLayout repository) => Path.Combine(repository.RunFolder, "secrets.json");

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
