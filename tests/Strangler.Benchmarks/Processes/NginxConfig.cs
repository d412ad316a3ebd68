namespace Strangler.Benchmarks.Processes;

/// <summary>nginx as one would run it on such a machine: keep-alive on both sides, no access log. A bench says what it serves.</summary>
internal static class NginxConfig
{
    /// <param name="folder">Of its files.</param>
    /// <param name="name">Tells several of them apart.</param>
    /// <param name="http">What stands in the block <c>http</c> besides.</param>
    public static string Of(string folder, string name, string http) => $$"""
        user {{Environment.UserName}};
        worker_processes 2;
        pid {{folder}}/{{name}}.pid;
        error_log {{folder}}/{{name}}.log;
        daemon off;
        events { worker_connections 1024; }
        http {
          access_log off;
          sendfile on; tcp_nopush on; tcp_nodelay on;
          keepalive_requests 100000000; keepalive_timeout 600s;
        {{http}}
        }
        """;

    /// <summary>Serves two files, 1 KB and 40 KB.</summary>
    public static string Upstream(string folder, int port) => Of(folder, "upstream", $$"""
          open_file_cache max=16;
          server { listen 127.0.0.1:{{port}} backlog=1024; root {{folder}}/www; default_type text/html; }
        """);
}
