using System.IO.Compression;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>A compressed dump as statements for a connection.</summary>
internal static class Dump
{
    public static async Task<string> ReadAsync(string file)
    {
        await using var unpacked = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
