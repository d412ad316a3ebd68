using Refit;

namespace Strangler.MagentoAdapter.Authentication;

/// <summary>Tokens for admins and customers. A token is a password: never log it.</summary>
public interface IIntegrationTokensApi
{
    [Post("/rest/V1/integration/admin/token")]
    Task<ApiResponse<AccessToken>> CreateAdminTokenAsync([Body] TokenRequest request, CancellationToken cancellationToken);

    [Post("/rest/{storeCode}/V1/integration/customer/token")]
    Task<ApiResponse<AccessToken>> CreateCustomerTokenAsync(string storeCode, [Body] TokenRequest request, CancellationToken cancellationToken);
}

public sealed record TokenRequest(string Username, string Password)
{
    public override string ToString() => $"TokenRequest of {Username}";
}
