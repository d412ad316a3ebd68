using Microsoft.AspNetCore.Components;

namespace Strangler.Demo.Pages;

/// <summary>What every page of the back office is given.</summary>
public abstract class AdminPage : ComponentBase
{
    [Parameter]
    [EditorRequired]
    public required string FormKey { get; set; }

    [Parameter]
    [EditorRequired]
    public required Uri BaseUrl { get; set; }

    [Parameter]
    public string? Success { get; set; }

    [Parameter]
    public string? Error { get; set; }

    protected string Url(string path) => new Uri(BaseUrl, path).AbsoluteUri;
}
