using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Load;

/// <summary>Starts the target and the three that stand before it, each with the same four paths: <c>/hit</c> cached, <c>/miss</c> cached, <c>/pass</c> not, <c>/null</c> without a target.</summary>
internal static class ComparedServers
{
    private const int BodyBytes = 1_024;

    internal static Task<ServerProcess> StartTargetAsync(HttpClient http, string folder, CancellationToken cancellation)
    {
        var port = ServerProcess.FreePort();
        return NginxAsync(http, folder, "target", port, $$"""
            server { listen 127.0.0.1:{{port}} reuseport; keepalive_requests 1000000000; default_type text/plain; location / { return 200 '{{new string('x', BodyBytes)}}'; } }
            """, cancellation);
    }

    internal static Task<ServerProcess> StartNginxAsync(HttpClient http, string folder, Uri target, CancellationToken cancellation)
    {
        var port = ServerProcess.FreePort();
        return NginxAsync(http, folder, "nginx", port, $$"""
            proxy_cache_path {{folder}}/nginx-cache levels=1:2 keys_zone=c:64m max_size=1g inactive=10m use_temp_path=off;
            upstream t { server {{target.Authority}}; keepalive 256; keepalive_requests 1000000000; }
            server {
              listen 127.0.0.1:{{port}} reuseport; keepalive_requests 1000000000;
              proxy_http_version 1.1; proxy_set_header Connection "";
              location /hit { proxy_pass http://t; proxy_cache c; proxy_cache_key $request_uri; proxy_cache_valid 200 600s; }
              location /miss { proxy_pass http://t; proxy_cache c; proxy_cache_key $request_uri; proxy_cache_valid 200 600s; }
              location /pass { proxy_pass http://t; }
              location /null { return 200; }
            }
            """, cancellation);
    }

    internal static async Task<ServerProcess> StartVarnishAsync(HttpClient http, string folder, Uri target, CancellationToken cancellation)
    {
        var vcl = Path.Combine(folder, "varnish.vcl");
        await File.WriteAllTextAsync(vcl, $$"""
            vcl 4.1;
            backend default { .host = "{{target.Host}}"; .port = "{{target.Port}}"; }
            sub vcl_recv { if (req.url ~ "^/pass") { return (pass); } if (req.url ~ "^/null") { return (synth(200)); } return (hash); }
            sub vcl_backend_response { set beresp.ttl = 600s; }
            sub vcl_synth { set resp.body = ""; return (deliver); }
            """, cancellation);
        var port = ServerProcess.FreePort();
        return await ServerProcess.StartAsync(
            http, "varnishd", $"http://127.0.0.1:{port}", "/null",
            ["-F", "-a", $"127.0.0.1:{port}", "-f", vcl, "-s", "malloc,512m", "-n", Path.Combine(folder, "varnish"), "-T", "none", "-j", "none"], cancellation);
    }

    internal static async Task<ServerProcess> StartSluiceAsync(HttpClient http, string folder, Uri target, CancellationToken cancellation)
    {
        var data = Path.Combine(folder, "sluice");
        var sluice = await ServerProcess.StartSluiceAsync(http, data, ["--Gateway:AllowLoopbackTargets=true", "--Logging:LogLevel:Default=Warning"], cancellation);
        var credentials = await SluiceTarget.SignInAsync(http, sluice, data, cancellation);
        var organization = new Uri(sluice.Address, $"/v1/organizations/{credentials["tenantId"]}/");
        foreach (var way in (string[])["hit", "miss", "pass", "null"])
        {
            using var zip = new ByteArrayContent(Bundle(way, target));
            zip.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var imported = await http.PostAsync(new Uri(organization, $"apis?action=import&name={way}"), zip, cancellation);
            var revision = JsonNode.Parse(await imported.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation))!["revision"];
            using var deployed = await http.PostAsync(new Uri(organization, $"environments/production/apis/{way}/revisions/{revision}/deployments?override=true"), null, cancellation);
            deployed.EnsureSuccessStatusCode();
        }
        return sluice;
    }

    private static async Task<ServerProcess> NginxAsync(HttpClient http, string folder, string name, int port, string servers, CancellationToken cancellation)
    {
        var configuration = Path.Combine(folder, name + ".conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; worker_processes 2; pid {{folder}}/{{name}}.pid; error_log {{folder}}/{{name}}.log crit; user root;
            events { worker_connections 4096; }
            http { access_log off; client_body_temp_path {{folder}}/{{name}}-body; proxy_temp_path {{folder}}/{{name}}-proxy; fastcgi_temp_path {{folder}}/{{name}}-f; uwsgi_temp_path {{folder}}/{{name}}-u; scgi_temp_path {{folder}}/{{name}}-s;
            {{servers}} }
            """, cancellation);
        return await ServerProcess.StartAsync(http, "nginx", $"http://127.0.0.1:{port}", "/null", ["-c", configuration], cancellation);
    }

    private static byte[] Bundle(string way, Uri target)
    {
        const string Step = "<Step><Name>RC</Name></Step>";
        var step = way is "hit" or "miss" ? Step : "";
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("proxies/default.xml", $"""
                <ProxyEndpoint name="default"><PreFlow><Request>{step}</Request></PreFlow><HTTPProxyConnection><BasePath>/{way}</BasePath></HTTPProxyConnection>
                <RouteRule name="default">{(way == "null" ? "" : "<TargetEndpoint>default</TargetEndpoint>")}</RouteRule></ProxyEndpoint>
                """);
            Add("targets/default.xml", $"""
                <TargetEndpoint name="default"><PostFlow><Response>{step}</Response></PostFlow><HTTPTargetConnection><URL>{target.ToString().TrimEnd('/')}</URL></HTTPTargetConnection></TargetEndpoint>
                """);
            Add("policies/RC.xml", """
                <ResponseCache name="RC"><CacheKey><KeyFragment ref="request.uri"/></CacheKey><ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings></ResponseCache>
                """);

            void Add(string path, string content)
            {
                using var entry = archive.CreateEntry("apiproxy/" + path).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        return bytes.ToArray();
    }
}
