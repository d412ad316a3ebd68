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
    public static string Nginx(string folder, int port, int upstream) => $$"""
        user {{Environment.UserName}};
        worker_processes 2;
        pid {{folder}}/cache.pid;
        error_log {{folder}}/cache.log;
        daemon off;
        events { worker_connections 1024; }
        http {
          access_log off;
          sendfile on; tcp_nopush on; tcp_nodelay on;
          keepalive_requests 100000000; keepalive_timeout 600s;
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
        }
        """;
}
