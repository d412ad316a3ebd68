using System.Text.Json;
using Strangler.Proxy.Flags;

namespace Strangler.Proxy.Tests.Flags;

public sealed class MagentoVaryTests
{
    [Fact]
    public void IsGroup_ComputedVectors_AreRecognised()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllText(RepositoryPaths.RequireShared("magento", "reference", "test-vectors.json")));
        var first = vectors.RootElement.GetProperty("x_magento_vary");
        var second = vectors.RootElement.GetProperty("x_magento_vary_2");
        var vary = new MagentoVary(first.GetProperty("crypt_key").GetString()!, ["EUR"]);

        vary.IsGroup(first.GetProperty("value").GetString()!, "1", "default").Should().BeTrue();
        vary.IsGroup(first.GetProperty("value").GetString()!, "2", "default").Should().BeFalse();
        vary.IsGroup(second.GetProperty("value").GetString()!, "1", "fr").Should().BeTrue();
        vary.IsGroup(second.GetProperty("value").GetString()!, "1", "de").Should().BeFalse();
        new MagentoVary(first.GetProperty("crypt_key").GetString()!, []).IsGroup(second.GetProperty("value").GetString()!, "1", "fr").Should().BeFalse();
    }

    [Fact]
    public void IsGroup_OtherKey_IsNot() =>
        new MagentoVary("k", []).IsGroup(new string('0', 64), "1", "default").Should().BeFalse();
}
