using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Forwarding;

/// <summary>Socket settings of the facade: fewer hand-overs between threads, fewer system calls for a request.</summary>
internal sealed class ConfigureSockets : IConfigureOptions<SocketTransportOptions>
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Completes socket operations on the thread that saw them ready. The runtime reads this once, from the environment, when the
    /// first socket is used: so at the very start of the process, and an operator's own setting stays. Off unless asked for: one call
    /// that blocks anywhere in the process, a database driver's included, then stands in the way of every socket.
    /// </summary>
    public static void CompleteInline(IConfiguration configuration)
    {
        if (configuration.GetValue("Facade:InlineSockets", false) && Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }

    public void Configure(SocketTransportOptions sockets)
    {
        // The thread that finished a read goes on with the request, instead of handing it to another.
        sockets.UnsafePreferInlineScheduling = true;
        // One system call less for each request, for 4 KB kept by an idle client connection.
        sockets.WaitForDataBeforeAllocatingBuffer = false;
    }
}
