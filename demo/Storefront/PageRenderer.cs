using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Strangler.Demo.Storefront;

/// <summary>Renders a component to HTML on the server.</summary>
internal sealed class PageRenderer(IServiceProvider services, ILoggerFactory loggers)
{
    public async Task<string> RenderAsync(Type component, IReadOnlyDictionary<string, object?> parameters)
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync(component, ParameterView.FromDictionary(parameters.ToDictionary()))).ToHtmlString());
    }
}
