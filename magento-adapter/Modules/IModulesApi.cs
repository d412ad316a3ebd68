using Refit;

namespace Strangler.MagentoAdapter.Modules;

/// <summary>The enabled modules, in load order.</summary>
public interface IModulesApi
{
    [Get("/rest/V1/modules")]
    Task<ApiResponse<IReadOnlyList<string>>> GetModulesAsync(CancellationToken cancellationToken);
}
