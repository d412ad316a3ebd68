using Strangler.Benchmarks.Processes;

namespace Strangler.Benchmarks.Caching;

/// <summary>The caches measured beside, each as one would run it on such a machine: in memory, keep-alive on both sides, no access log.</summary>
internal static class CacheConfigs
{
    public static string Varnish(int upstream) => $$"""
        vcl 4.1;
        backend store { .host = "127.0.0.1"; .port = "{{upstream}}"; }
        sub vcl_backend_response { set beresp.ttl = 1h; }

        """;

    /// <summary>The files of a cache lie in the page cache, its keys in shared memory.</summary>
    public static string Nginx(string folder, int port, int upstream) => NginxConfig.Of(folder, "cache", $$"""
          open_file_cache max=1000 inactive=1h;
          proxy_cache_path {{folder}}/cached levels=1:2 keys_zone=answers:10m max_size=256m inactive=1h use_temp_path=off;
          server {
            listen 127.0.0.1:{{port}} backlog=1024;
            location / {
              proxy_pass http://127.0.0.1:{{upstream}};
              proxy_cache answers;
              proxy_cache_valid 200 1h;
            }
          }
        """);
}
