using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Strangler.Proxy.Forwarding;

/// <summary>One address to listen on, in the form that <c>Urls</c> has everywhere in ASP.NET Core.</summary>
internal sealed record ListenerAddress(BindingAddress Binding)
{
    public bool IsHttps => string.Equals(Binding.Scheme, "https", StringComparison.OrdinalIgnoreCase);

    public static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static bool TryParse(string url, [NotNullWhen(true)] out ListenerAddress? address)
    {
        address = null;
        try
        {
            var binding = BindingAddress.Parse(url);
            if (binding.Scheme is "http" or "https" && binding.PathBase.Length == 0)
            {
                address = new ListenerAddress(binding);
            }
        }
        catch (FormatException)
        {
            return false;
        }

        return address is not null;
    }

    public void Listen(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        if (Binding.IsUnixPipe)
        {
            kestrel.ListenUnixSocket(Binding.UnixPipePath, configure);
        }
        else if (IPAddress.TryParse(Binding.Host.Trim('[', ']'), out var ip))
        {
            kestrel.Listen(ip, Binding.Port, configure);
        }
        else if (string.Equals(Binding.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.ListenLocalhost(Binding.Port, configure);
        }
        else
        {
            kestrel.ListenAnyIP(Binding.Port, configure);
        }
    }
}
