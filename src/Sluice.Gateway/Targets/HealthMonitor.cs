using System.Globalization;
using System.Net;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Targets;

/// <summary>How a load balancer's servers are asked whether they are well: over HTTP or by connecting alone (contract gateway.md 3.3).</summary>
internal sealed class HealthMonitor
{
    private const int MaxIntervalSeconds = 3_600;
    private const int MaxTimeoutSeconds = 60;
    private const int DefaultTimeoutSeconds = 10;
    private const int DefaultIntervalSeconds = 5;

    private readonly GuardedConnect _connect;
    private readonly int? _port;
    private readonly TimeSpan _connectTimeout;
    private readonly HttpQuestion? _question;

    private HealthMonitor(LoadBalancer balancer, TimeSpan interval, GuardedConnect connect, int? port, TimeSpan connectTimeout, HttpQuestion? question) =>
        (Balancer, Interval, _connect, _port, _connectTimeout, _question) = (balancer, interval, connect, port, connectTimeout, question);

    /// <summary>Whose servers.</summary>
    internal LoadBalancer Balancer { get; }

    internal TimeSpan Interval { get; }

    /// <summary>The monitor of a target connection; null where it is switched off or wrong, which is then a fault.</summary>
    internal static HealthMonitor? Compile(BundleElement xml, LoadBalancer balancer, CompileContext context)
    {
        context.WarnOfUnknown(xml, "IsEnabled", "IntervalInSec", "HTTPMonitor", "TCPMonitor");
        if (!xml.Flag("IsEnabled", byDefault: true))
            return null;
        var interval = Seconds(xml, "IntervalInSec", DefaultIntervalSeconds, MaxIntervalSeconds, context);
        var connect = new GuardedConnect(context.Services.Options.AllowLoopbackTargets);
        if (xml.Child("HTTPMonitor") is { } http)
        {
            var request = http.Child("Request") ?? http;
            return new HealthMonitor(balancer, interval, connect, Port(request, context), Seconds(request, "ConnectTimeoutInSec", DefaultTimeoutSeconds, MaxTimeoutSeconds, context), HttpQuestion.Read(http, request, context));
        }
        if (xml.Child("TCPMonitor") is { } tcp)
            return new HealthMonitor(balancer, interval, connect, Port(tcp, context), Seconds(tcp, "ConnectTimeoutInSec", DefaultTimeoutSeconds, MaxTimeoutSeconds, context), null);
        context.Fault("InvalidHealthMonitor", "The HealthMonitor has neither an HTTPMonitor nor a TCPMonitor", xml.Spot);
        return null;
    }

    /// <summary>A client for its questions; the caller disposes of it.</summary>
    internal HttpMessageInvoker NewClient(TlsTerms? terms = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = _connectTimeout,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.Zero, // each question finds out whether a connection can be made
            ConnectCallback = _connect.ConnectAsync,
        };
        terms?.UseOn(handler.SslOptions);
        if (_question is { TrustsAll: true })
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        return new HttpMessageInvoker(handler);
    }

    /// <summary>Why a server is not well; null when it is.</summary>
    internal async Task<string?> CheckAsync(TargetServerEntity server, HttpMessageInvoker client, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(_connectTimeout + (_question?.ReadTimeout ?? TimeSpan.Zero));
        try
        {
            return _question is { } question ? await question.AskAsync(server, _port ?? server.Port, client, late.Token) : await ConnectAsync(server, late.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "it does not answer in time";
        }
        catch (Exception failure) when (failure is HttpRequestException or System.Net.Sockets.SocketException or IOException)
        {
            return failure.Message;
        }
    }

    private async Task<string?> ConnectAsync(TargetServerEntity server, CancellationToken cancellation)
    {
        await using var stream = await _connect.ConnectAsync(new DnsEndPoint(server.Host, _port ?? server.Port), cancellation);
        return null;
    }

    private static int? Port(BundleElement xml, CompileContext context)
    {
        if (xml.ChildText("Port") is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535)
            return port;
        context.Fault("InvalidHealthMonitor", $"Port is '{text}'; it is 1 to 65535", xml.Child("Port")!.Spot);
        return null;
    }

    private static TimeSpan Seconds(BundleElement xml, string name, int byDefault, int most, CompileContext context)
    {
        var seconds = xml.Number(name, byDefault);
        if (seconds is null or < 1 || seconds > most)
            context.Fault("InvalidHealthMonitor", $"{name} is '{xml.ChildText(name)}'; it is 1 to {most}", (xml.Child(name) ?? xml).Spot);
        return TimeSpan.FromSeconds(Math.Clamp(seconds ?? byDefault, 1, most));
    }

    /// <summary>What is asked over HTTP, and which answers are good.</summary>
    private sealed class HttpQuestion
    {
        private HttpMethod _method = HttpMethod.Get;
        private string _path = "/";
        private string? _payload;
        private bool? _isTls;
        private (string Name, string Value)[] _headers = [];
        private int[] _codes = [200];
        private (string Name, string Value)[] _expected = [];

        internal TimeSpan ReadTimeout { get; private init; }

        internal bool TrustsAll { get; private init; }

        internal static HttpQuestion Read(BundleElement monitor, BundleElement request, CompileContext context)
        {
            var success = monitor.Child("SuccessResponse");
            var question = new HttpQuestion { ReadTimeout = Seconds(request, "SocketReadTimeoutInSec", DefaultTimeoutSeconds, MaxTimeoutSeconds, context), TrustsAll = request.Flag("TrustAllSSL", byDefault: false) };
            var verb = request.ChildText("Verb") ?? "GET";
            if (verb.Length > 32 || !verb.All(char.IsAsciiLetter) || verb.Equals("CONNECT", StringComparison.OrdinalIgnoreCase))
                context.Fault("InvalidHealthMonitor", $"Verb is '{verb}'; it is a method of HTTP", request.Child("Verb")!.Spot);
            else
                question._method = new HttpMethod(verb);
            question._path = "/" + (request.ChildText("Path") ?? "").TrimStart('/');
            question._payload = request.ChildText("Payload");
            question._isTls = request.ChildText("IsSSL") is null ? null : request.Flag("IsSSL", byDefault: false);
            question._headers = Headers(request, context);
            question._expected = success is null ? [] : Headers(success, context);
            int[] codes = [.. (success?.All("ResponseCode") ?? []).Select(code => int.TryParse(code.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 0)];
            question._codes = codes.Length > 0 ? codes : question._codes;
            return question;
        }

        internal async Task<string?> AskAsync(TargetServerEntity server, int port, HttpMessageInvoker client, CancellationToken cancellation)
        {
            var host = server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host}]" : server.Host;
            if (!Uri.TryCreate($"{(_isTls ?? server.IsTls ? "https" : "http")}://{host}:{port}{_path}", UriKind.Absolute, out var address))
                return $"'{_path}' is no path";
            using var request = new HttpRequestMessage(_method, address);
            if (_payload is not null)
                request.Content = new StringContent(_payload);
            foreach (var (name, value) in _headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, value))
                    request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
            using var response = await client.SendAsync(request, cancellation);
            if (Array.IndexOf(_codes, (int)response.StatusCode) < 0)
                return string.Create(CultureInfo.InvariantCulture, $"it answers {(int)response.StatusCode}");
            foreach (var (name, value) in _expected)
            {
                if (!(response.Headers.TryGetValues(name, out var found) || response.Content.Headers.TryGetValues(name, out found)) || !found.Contains(value))
                    return $"its answer has no header {name}: {value}";
            }
            return null;
        }

        private static (string Name, string Value)[] Headers(BundleElement xml, CompileContext context)
        {
            var headers = new List<(string Name, string Value)>();
            foreach (var one in xml.All("Header"))
            {
                var (name, value) = (one.Attribute("name") ?? "", one.Text ?? "");
                if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') || value.Any(letter => letter is < ' ' or > '~'))
                    context.Fault("InvalidHealthMonitor", $"'{name}: {value}' is no header", one.Spot);
                else if (!Hop.IsHop(name))
                    headers.Add((name, value));
            }
            return [.. headers];
        }
    }
}
