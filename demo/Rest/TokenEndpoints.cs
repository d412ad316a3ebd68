using System.Text.Json.Nodes;
using Strangler.Demo.Identity;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>Tokens for admins and customers by name and password.</summary>
internal sealed class TokenEndpoints(Accounts accounts)
{
    private static readonly WebApiError Refused =
        new(401, "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.");

    public IEnumerable<RestRoute> Routes =>
    [
        new("POST", "integration/admin/token", RestRoute.Anonymous, request =>
            IssueAsync(request, Accounts.AdminType, (name, password) => accounts.CheckAdminAsync(name, password, request.Cancelled))),
        new("POST", "integration/customer/token", RestRoute.Anonymous, request =>
            IssueAsync(request, Accounts.CustomerType, (name, password) => accounts.CheckCustomerAsync(name, password, request.Store.WebsiteId, request.Cancelled))),
    ];

    private async Task<RestAnswer> IssueAsync(RestRequest request, int userType, Func<string, string, Task<int?>> check)
    {
        var name = Text(request.Body, "username");
        var password = Text(request.Body, "password");
        var missing = new List<WebApiError>();
        if (string.IsNullOrEmpty(name))
        {
            missing.Add(WebApiError.Required("username"));
        }

        if (string.IsNullOrEmpty(password))
        {
            missing.Add(WebApiError.Required("password"));
        }

        if (missing.Count > 0)
        {
            return RestAnswer.Fail(WebApiError.Inputs(missing));
        }

        return await check(name!, password!) is { } user
            ? RestAnswer.Of(JsonValue.Create(accounts.IssueToken(user, userType)), touchedSession: userType == Accounts.CustomerType)
            : RestAnswer.Fail(Refused, touchedSession: true);
    }

    private static string? Text(JsonObject? body, string name) => body?[name] is JsonValue value ? value.ToString() : null;
}
