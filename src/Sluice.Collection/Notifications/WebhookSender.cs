using System.Globalization;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Collection.Notifications;

/// <summary>Sends one notification once: signed, bounded in time, never following a redirect.</summary>
internal sealed class WebhookSender : IDisposable
{
    private const int MaxAnswerBytes = 1_024;

    private readonly HttpClient _http;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _clock;

    public WebhookSender(CollectionOptions options, TimeProvider clock)
    {
        _clock = clock;
        _patience = options.WebhookTimeout;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // then its name is looked up again
            MaxResponseHeadersLength = 16,
            ConnectCallback = (context, cancellation) => TargetRule.ConnectAsync(context.DnsEndPoint, options.AllowLocalWebhooks, cancellation),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // each request has its own
        };
    }

    /// <summary>Makes one attempt; writes what came of it into the delivery and says whether the receiver took it.</summary>
    internal async Task<bool> SendAsync(Webhook webhook, Delivery delivery, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(_patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        using var request = Build(webhook, delivery);
        delivery.LastStatus = 0;
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            delivery.LastStatus = (int)response.StatusCode;
            delivery.LastAnswer = await ReadSomeAsync(response, either.Token);
            return response.IsSuccessStatusCode;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            delivery.LastAnswer = $"No answer within {_patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} seconds";
            return false;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            delivery.LastAnswer = failure.InnerException is { } inner ? $"{failure.Message} {inner.Message}" : failure.Message;
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Build(Webhook webhook, Delivery delivery)
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Content = new StringContent(delivery.Payload, Encoding.UTF8, MediaTypeNames.Application.Json),
        };
        request.Headers.Add("webhook-id", delivery.DeliveryId);
        request.Headers.Add("webhook-timestamp", now.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSecret.Sign(webhook.Secret, delivery.DeliveryId, now, delivery.Payload));
        request.Headers.Add("User-Agent", "Sluice");
        return request;
    }

    // What the receiver says, as text that SQL can keep.
    private static async Task<string> ReadSomeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var buffer = new byte[MaxAnswerBytes];
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var read = await body.ReadAtLeastAsync(buffer, MaxAnswerBytes, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(buffer, 0, read).Replace('\0', '\uFFFD');
    }
}
