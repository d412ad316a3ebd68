using Strangler.Proxy;

await using var app = ProxyHost.Build(args);
await app.RunAsync();
