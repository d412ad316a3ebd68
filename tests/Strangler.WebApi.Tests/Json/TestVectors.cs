using System.Text.Json;

namespace Strangler.WebApi.Tests.Json;

/// <summary>Vectors computed with PHP itself; they lie beside the repository.</summary>
internal static class TestVectors
{
    public static JsonElement Section(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(RepositoryPaths.RequireShared("magento", "reference", "test-vectors.json")));
        return document.RootElement.GetProperty(name).Clone();
    }
}
