using Strangler.Proxy;
using Strangler.Proxy.Forwarding;

await using var app = ProxyHost.Build(args, builder => ConfigureSockets.CompleteInline(builder.Configuration));
await app.RunAsync();
