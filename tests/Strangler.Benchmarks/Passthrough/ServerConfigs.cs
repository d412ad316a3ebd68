using Strangler.Benchmarks.Processes;

namespace Strangler.Benchmarks.Passthrough;

/// <summary>Configurations of the servers measured beside: each as one would run it on such a machine, with keep-alive on both sides and no access log.</summary>
internal static class ServerConfigs
{
    public static string NginxProxy(string folder, int port, int upstream) => NginxConfig.Of(folder, "proxy", $$"""
          proxy_temp_path {{folder}}/temp;
          upstream store { server 127.0.0.1:{{upstream}}; keepalive 64; keepalive_requests 100000000; }
          server {
            listen 127.0.0.1:{{port}} backlog=1024;
            location / {
              proxy_pass http://store;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_buffers 16 16k;
              proxy_buffer_size 32k;
            }
          }
        """);

    public static string HaProxy(int port, int upstream) => $"""
        global
          nbthread 2
          maxconn 4096
        defaults
          mode http
          timeout connect 5s
          timeout client 600s
          timeout server 600s
          option forwardfor
          http-reuse always
        frontend store
          bind 127.0.0.1:{port}
          http-request set-header X-Forwarded-Proto http
          default_backend magento
        backend magento
          server magento 127.0.0.1:{upstream} pool-max-conn 128

        """;
}
